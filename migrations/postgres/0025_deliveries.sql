-- Changes in Lever of which no delivery told, a light for deletions, and bodies of
-- deliveries that are sealed instead of scrubbed. The file of the same name under ../sqlite makes the same changes.

-- How many changes were read since an event of this kind came that should have told of
-- them, and when the first of them was made.
alter table lights add column missed bigint not null default 0;
alter table lights add column missed_since bigint;

-- A webhook for deletions can be registered as the others are.
insert into lights (organisation_id, connection_id, event, light)
select organisation_id, id, 'candidateDeleted', 'waiting' from connections;

-- What becomes of a body that has been kept for as long as was said: 1 seals it, 0
-- scrubs it.
alter table delivery_settings add column sealed bigint not null default 0;

-- A body that is sealed has body_kept 2: it may have to be scrubbed after all.
create index deliveries_sealed on deliveries (organisation_id, received_at) where body_kept = 2;
