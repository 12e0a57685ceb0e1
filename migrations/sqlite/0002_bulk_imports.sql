-- Imports of many candidates in one run, and cheaper claims of jobs.
-- The file of the same name under ../postgres creates the same tables and columns; a test compares them.

create table bulk_imports (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    requested_by text not null references members (id),
    -- running, paused, stopped, done
    state text not null,
    -- Whom it is about, JSON: a list of candidates, or a filter of the candidate list.
    source text not null,
    -- How far the source has been read; null: to its end.
    read_up_to text,
    -- Items so far.
    total integer not null,
    created_at integer not null,
    updated_at integer not null,
    finished_at integer
) strict;
create index bulk_imports_by_organisation on bulk_imports (organisation_id, created_at);

create table bulk_import_items (
    organisation_id text not null references organisations (id),
    bulk_import_id text not null references bulk_imports (id),
    position integer not null,
    candidate_id text not null references candidates (id),
    -- waiting, asked, skipped
    state text not null,
    -- Why it was skipped.
    reason text,
    primary key (bulk_import_id, position)
) strict;
create unique index bulk_import_items_once on bulk_import_items (bulk_import_id, candidate_id);
create index bulk_import_items_by_state on bulk_import_items (bulk_import_id, state, position);

create index jobs_by_lease on jobs (state, lease_until);
