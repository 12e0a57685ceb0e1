-- Deliveries that were verified and acknowledged, until they are taken into the inbox
-- (table deliveries): a row for all of a connection that became durable together,
-- where the inbox with its indexes would hold each of them up.
-- The file of the same name under ../sqlite makes the same changes.
create table arrivals (
    id bigint generated always as identity primary key,
    organisation_id text not null references organisations (id),
    connection_id text not null references connections (id),
    -- How many deliveries there are, and when the first of them arrived.
    deliveries bigint not null,
    received_at bigint not null,
    -- The deliveries, one after the other.
    written bytea not null
);
