-- What a member chose for an import on its sheet, the postings there are to
-- choose from, and the one each member chose last. The file of the same name
-- under ../sqlite makes the same columns.

-- Null: no posting; null: New lead; a JSON list of Lever users.
alter table imports add column posting_id text;
alter table imports add column stage_id text;
alter table imports add column followers text not null default '[]';

create table lever_postings (
    organisation_id text not null references organisations (id),
    connection_id text not null references connections (id),
    id text not null,
    text text not null,
    team text not null,
    location text not null,
    -- 0: Lever does not list it as published any more; the name is kept.
    published bigint not null,
    primary key (connection_id, id)
);

create table remembered_postings (
    organisation_id text not null references organisations (id),
    member_id text not null references members (id),
    posting_id text not null,
    primary key (organisation_id, member_id)
);
