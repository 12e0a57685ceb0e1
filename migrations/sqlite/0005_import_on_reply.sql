-- Imports that begin by themselves after an answer, and which imports were
-- credited to the fallback. The file of the same name under ../postgres
-- makes the same changes.

-- off, ask, by_itself
alter table import_settings add column on_reply text not null default 'off';

alter table imports add column credited_fallback integer not null default 0;
create index imports_credited_to_fallback on imports (organisation_id, credited_fallback, updated_at);

-- Until due, a member may undo it.
create table held_imports (
    candidate_id text primary key not null references candidates (id),
    organisation_id text not null references organisations (id),
    -- The author of the message that was answered: who is credited.
    member_id text not null references members (id),
    due_at integer not null,
    created_at integer not null
) strict;
create index held_imports_by_organisation on held_imports (organisation_id, due_at);
