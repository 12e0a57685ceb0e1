-- Deliveries that were verified and acknowledged, until they are taken into the inbox
-- (table deliveries): a row for all of a connection that became durable together,
-- where the inbox with its indexes would hold each of them up.
-- The file of the same name under ../postgres makes the same changes.
create table arrivals (
    id integer primary key not null,
    organisation_id text not null references organisations (id),
    connection_id text not null references connections (id),
    -- How many deliveries there are, and when the first of them arrived.
    deliveries integer not null,
    received_at integer not null,
    -- The deliveries, one after the other.
    written blob not null
) strict;
