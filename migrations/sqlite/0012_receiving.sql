-- Receiving that explains itself: how long bodies are kept, what the quarantine had
-- no room for, and webhooks that are being changed in Lever or removed from it. The
-- file of the same name under ../postgres creates the same tables and columns.

create table delivery_settings (
    organisation_id text primary key not null references organisations (id),
    -- Days.
    bodies_kept integer not null,
    updated_at integer not null
) strict;

-- Each organisation has its own time for its bodies.
create index deliveries_to_scrub_of on deliveries (organisation_id, received_at) where body_kept = 1;
drop index deliveries_to_scrub;

-- How many deliveries found the quarantine full.
create table quarantine_refusals (
    organisation_id text not null references organisations (id),
    connection_id text not null references connections (id),
    -- Lever's name of an event that is followed, or `other`.
    event text not null,
    refused integer not null,
    first_at integer not null,
    last_at integer not null,
    primary key (connection_id, event)
) strict;

-- Since when the webhook of this event is being made anew in Lever.
alter table lights add column changing_at integer;

-- After the connection was switched off: its webhooks in Lever are removed with the
-- key it had, which is forgotten with the end of that.
create table webhook_removals (
    connection_id text primary key not null references connections (id),
    organisation_id text not null references organisations (id),
    environment text not null,
    base_url text not null,
    key_sealed blob,
    -- asked, removed, failed
    state text not null,
    asked_at integer not null,
    ended_at integer
) strict;
