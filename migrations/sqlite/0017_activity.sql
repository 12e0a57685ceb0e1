-- One log, searched by candidate, member, topic, outcome and time: entries, calls
-- to Lever, and deliveries. The file of the same name under ../postgres makes the
-- same changes.

-- What an entry belongs to, and the delivery that led to it.
alter table activity add column topic text not null default 'lever';
alter table activity add column failed integer not null default 0;
alter table activity add column delivery_id text;
update activity set topic = case
    when kind like 'message%' or kind like 'answer%' or kind like 'reply%' then 'messages'
    when kind like 'import%' or kind like 'bulk_import%' then 'imports'
    when kind like 'status%' or kind like 'conflict%' or kind = 'unlinked' then 'statuses'
    when kind like 'candidate%' or kind like 'resume%' or kind like 'eras%' then 'candidates'
    when kind like 'member%' or kind like 'invite%' or kind like 'role%' or kind like 'organisation%' then 'members'
    else 'lever' end,
  failed = case when kind in ('import_failed', 'key_rejected') then 1 else 0 end;
create index activity_by_candidate on activity (organisation_id, candidate_id, at desc, id desc);
create index activity_by_member on activity (organisation_id, member_id, at desc, id desc);
create index activity_by_topic on activity (organisation_id, topic, at desc, id desc);
create index activity_by_member_and_topic on activity (organisation_id, member_id, topic, at desc, id desc);
create index activity_of_people on activity (organisation_id, at desc, id desc) where member_id is not null;
create index activity_failed on activity (organisation_id, at desc, id desc) where failed = 1;
create index activity_to_forget on activity (at);

-- Every request to Lever: neither keys, ids, queries nor bodies.
create table lever_calls (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    at integer not null,
    -- The name of the call, and what it was made for.
    operation text not null,
    purpose text not null,
    candidate_id text references candidates (id),
    method text not null,
    -- Its kind: a placeholder stands for each id.
    path text not null,
    -- Null: there was no answer.
    status integer,
    failed integer not null,
    milliseconds integer not null
) strict;
create index lever_calls_by_time on lever_calls (organisation_id, at desc, id desc);
create index lever_calls_by_candidate on lever_calls (organisation_id, candidate_id, at desc, id desc);
create index lever_calls_failed on lever_calls (organisation_id, at desc, id desc) where failed = 1;
create index lever_calls_to_forget on lever_calls (at);

-- The headers that came with a delivery, JSON, scrubbed with its body; how often
-- it was tried to apply it.
alter table deliveries add column headers text not null default '[]';
alter table deliveries add column attempts integer not null default 0;
create index deliveries_by_time on deliveries (organisation_id, received_at desc, id desc);
create index deliveries_failed on deliveries (organisation_id, received_at desc, id desc) where state = 'failed';
create index status_changes_by_delivery on status_changes (organisation_id, delivery_id) where delivery_id is not null;
