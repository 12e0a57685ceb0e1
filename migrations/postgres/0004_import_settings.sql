-- What an organisation wants of its imports, who was found to be somebody else,
-- and how far a conversation stands in Lever. The file of the same name under
-- ../sqlite creates the same tables and columns.

create table import_settings (
    organisation_id text primary key not null references organisations (id),
    -- ask, link, add
    known_person text not null,
    tags text not null,
    note_when_linking bigint not null,
    note_of_replies bigint not null,
    updated_at bigint not null
);

-- *Not the same person*: contacts in Lever who share an address with a candidate.
create table strangers (
    organisation_id text not null references organisations (id),
    candidate_id text not null references candidates (id),
    -- Lever's contact, or the opportunity where Lever names no contact.
    contact_id text not null,
    member_id text not null references members (id),
    at bigint not null,
    primary key (organisation_id, candidate_id, contact_id)
);

-- Up to which message the conversation is in Lever, and when the last note was written.
create table noted (
    import_id text primary key not null references imports (id),
    organisation_id text not null references organisations (id),
    up_to bigint not null,
    at bigint not null,
    -- sending, written, unknown
    state text not null
);
