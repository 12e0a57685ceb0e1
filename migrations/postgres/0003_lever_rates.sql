-- What several server processes share about one API key, and organisations whose work for Lever rests.
-- The file of the same name under ../sqlite creates the same tables and columns; a test compares them.

-- One row an API key, found by its SHA-256. Instants are microseconds since the epoch.
create table lever_rates (
    key_hash text primary key not null,
    -- When the next request would go out if none were let go ahead.
    next_at bigint not null,
    -- After a 429: no request before this instant.
    blocked_until bigint not null,
    -- How many 429 came in a row.
    refusals bigint not null
);

-- Lever failed again and again: no job of the organisation asks it before this instant.
create table lever_rests (
    organisation_id text primary key not null references organisations (id),
    until bigint not null,
    since bigint not null
);
