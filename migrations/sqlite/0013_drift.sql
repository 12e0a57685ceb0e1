-- What changed in the Lever account, what a reconciliation found, how far it is,
-- who saved which map, whose data is to be erased, and which opportunity counts.
-- The file of the same name under ../postgres makes the same changes.

-- What was noticed when users, stages and archive reasons were read again.
create table lever_changes (
    organisation_id text not null references organisations (id),
    connection_id text not null references connections (id),
    -- stage, reason, user
    subject text not null,
    lever_id text not null,
    -- new, renamed, removed, returned
    change text not null,
    -- The name before, where it was renamed.
    name_before text,
    name text not null,
    at integer not null,
    primary key (connection_id, subject, lever_id, change, at)
) strict;
create index lever_changes_by_time on lever_changes (organisation_id, at);

-- A stage that was renamed to what means something else: its status is held
-- until somebody says what it means now.
alter table stage_map add column in_question integer not null default 0;

-- The maps as they were saved, so that two who edit at once can be merged.
create table map_saves (
    organisation_id text not null references organisations (id),
    -- users, stages
    map text not null,
    version integer not null,
    -- Every choice, JSON.
    body text not null,
    member_id text references members (id),
    at integer not null,
    primary key (organisation_id, map, version)
) strict;

-- How far a run is, so that it goes on where it was after a crash.
-- window, linked, deleted
alter table reconciliations add column phase text not null default 'window';
alter table reconciliations add column reached text;
-- Since when changes are listed.
alter table reconciliations add column since integer;
alter table reconciliations add column pages integer not null default 0;
-- Candidates linked when it began.
alter table reconciliations add column linked integer not null default 0;

-- What a run found to differ, and repaired.
create table differences (
    organisation_id text not null references organisations (id),
    run_id text not null references reconciliations (id),
    candidate_id text not null references candidates (id),
    -- In words: what we had, what Lever had, what was done.
    ours text not null,
    levers text not null,
    done text not null,
    at integer not null,
    primary key (run_id, candidate_id)
) strict;
create index differences_by_time on differences (organisation_id, at);

-- Candidates who were anonymised in Lever: their data is erased here as well
-- after a while, unless somebody decides otherwise.
create table erasures (
    organisation_id text not null references organisations (id),
    candidate_id text not null references candidates (id),
    asked_at integer not null,
    due_at integer not null,
    -- keep, erase; null: nobody has decided
    decision text,
    member_id text references members (id),
    decided_at integer,
    erased_at integer,
    primary key (organisation_id, candidate_id)
) strict;

-- Who chose that this opportunity of several counts; null: the import did.
alter table opportunities add column chosen_by text references members (id);
alter table opportunities add column chosen_at integer;
-- Whether Lever has moved it since it came to stand for the candidate.
alter table opportunities add column moved integer not null default 0;
