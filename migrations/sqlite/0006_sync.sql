-- What keeps statuses right without anybody watching. The file of the same name
-- under ../postgres makes the same tables and columns.

-- How often Lever had moved the opportunity when it came to stand for the
-- candidate; null before the first reading.
alter table opportunities add column landed_moves integer;
-- Where Lever stood when a member decided about the status last.
alter table opportunities add column decided_stage text;
alter table opportunities add column decided_reason text;
-- When it was first read as anonymised.
alter table opportunities add column anonymised_at integer;
update opportunities set decided_stage = stage, decided_reason = archived_reason;

-- Bodies are kept for a while, then scrubbed.
alter table deliveries add column body_kept integer not null default 1;
create index deliveries_to_scrub on deliveries (received_at) where body_kept = 1;

-- Where a run is, so that whoever takes it over goes on from there.
alter table reconciliations add column in_full integer not null default 0;
-- updated, singly, deleted
alter table reconciliations add column part text not null default 'updated';
-- Within the part: Lever's page token, or the id read last.
alter table reconciliations add column part_cursor text;
-- When the run really began: changes up to then will have been read.
alter table reconciliations add column begun_at integer;
alter table connections add column compared_in_full_at integer;

-- What a run found different and repaired.
create table reconciliation_differences (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    reconciliation_id text not null references reconciliations (id),
    candidate_id text references candidates (id),
    opportunity_id text not null,
    -- What it was and became, in words.
    summary text not null,
    at integer not null
) strict;
create index reconciliation_differences_by_run on reconciliation_differences (organisation_id, reconciliation_id, at);
