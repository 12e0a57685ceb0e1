-- Verified deliveries that could not be taken into the inbox for a reason of their own: put
-- aside, so that others go on. A job tries each again.
-- The file of the same name under ../sqlite makes the same changes.
create table arrivals_aside (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    connection_id text not null references connections (id),
    -- The opportunity that it names, where that can be read.
    opportunity_id text,
    received_at bigint not null,
    -- The delivery, as in arrivals.
    written bytea not null
);
create index arrivals_aside_by_age on arrivals_aside (organisation_id, received_at);
