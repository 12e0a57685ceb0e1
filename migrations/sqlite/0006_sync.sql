-- What makes a status depend on where Lever stands, not on what was seen on the
-- way. The file of the same name under ../postgres makes the same columns.

-- How often Lever had moved the opportunity when it came to stand for the
-- candidate; null before the first reading.
alter table opportunities add column landed_moves integer;
-- Where Lever stood when a member decided about the status last.
alter table opportunities add column decided_stage text;
alter table opportunities add column decided_reason text;
update opportunities set decided_stage = stage, decided_reason = archived_reason;

-- Bodies of deliveries are kept for a while, then scrubbed.
alter table deliveries add column body_kept integer not null default 1;
create index deliveries_to_scrub on deliveries (received_at) where body_kept = 1;
