-- The log tells of deliveries that are held or were ignored, of what was read from
-- Lever for each delivery and what came of it, and for whom Lever was asked.
-- The file of the same name under ../postgres makes the same changes.

-- Its headers, JSON; whom the body says it is about; whether it is past: it came
-- while the connection was switched off, or was held until it was.
alter table quarantine add column headers text not null default '[]';
alter table quarantine add column opportunity_id text;
alter table quarantine add column ignored integer not null default 0;
create index quarantine_by_time on quarantine (organisation_id, received_at desc, id desc);

-- What Lever said when the opportunity was read for a delivery: when that was, where
-- it stands, who moved it, the status before and after, and how many other deliveries
-- it was read for.
alter table deliveries add column read_at integer;
alter table deliveries add column read_place text;
alter table deliveries add column read_mover text;
alter table deliveries add column read_others integer;
alter table deliveries add column status_before text;
alter table deliveries add column status_after text;

-- The member a request was made for.
alter table lever_calls add column member_id text references members (id);
create index lever_calls_by_member on lever_calls (organisation_id, member_id, at desc, id desc);
