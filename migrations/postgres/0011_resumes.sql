-- Résumés, how far they are in Lever, and notes that can be found again. The file
-- of the same name under ../sqlite makes the same columns.

-- The file kept on a candidate; its content stands in parts beside it, so that
-- nobody reads it who does not want it.
create table resumes (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    candidate_id text not null references candidates (id),
    name text not null,
    -- pdf, docx, txt
    kind text not null,
    size bigint not null,
    uploaded_by text not null references members (id),
    uploaded_at bigint not null
);
create unique index resumes_by_candidate on resumes (organisation_id, candidate_id);

create table resume_parts (
    resume_id text not null references resumes (id),
    organisation_id text not null references organisations (id),
    number bigint not null,
    content bytea not null,
    primary key (resume_id, number)
);

-- The résumé of an import on its way into Lever.
create table attachments (
    import_id text primary key not null references imports (id),
    organisation_id text not null references organisations (id),
    name text not null,
    size bigint not null,
    -- pending, sending, attached, removed, forbidden, refused, nobody_to_credit,
    -- linked, not_certain, kept_failing
    state text not null,
    -- While it is sending: not before this instant can it be seen whether it arrived.
    look_at bigint,
    at bigint not null
);

-- A note holds the messages after since, up to up_to; null for notes that were
-- written without a reference by which they could be found again.
alter table noted add column since bigint;
-- While a note is sending: not before this instant can it be seen whether it arrived.
alter table noted add column look_at bigint;
