-- The way back: what a member sets here is written to Lever, where an
-- organisation wants it. The file of the same name under ../postgres makes the
-- same changes.

create table way_back (
    organisation_id text primary key not null references organisations (id),
    is_on integer not null,
    updated_at integer not null
) strict;

-- Where in Lever a status leads; one that leads nowhere is absent.
create table return_map (
    organisation_id text not null references organisations (id),
    status text not null,
    -- stage or reason
    kind text not null,
    lever_id text not null,
    primary key (organisation_id, status)
) strict;

-- Statuses that are to be written to Lever: at most one an opportunity, gone
-- once Lever has it or a member has decided otherwise.
create table status_writes (
    organisation_id text not null references organisations (id),
    opportunity_id text not null,
    candidate_id text not null references candidates (id),
    -- Who set the status: in their name it is written.
    member_id text not null references members (id),
    status text not null,
    -- Where it leads: stage or reason.
    kind text not null,
    lever_id text not null,
    -- Where Lever stood when it was set: from there alone it is written.
    seen_stage text not null,
    seen_reason text,
    -- Where a request leads whose end is not known.
    sent_stage text,
    sent_reason text,
    -- Goes up whenever a member sets another status.
    revision integer not null,
    -- queued, sending, refused
    state text not null,
    failure text,
    -- How often Lever refused it.
    refusals integer not null,
    -- While the end of a request is not known: not before this instant can be seen what became of it.
    look_at integer,
    created_at integer not null,
    updated_at integer not null,
    primary key (organisation_id, opportunity_id)
) strict;
create index status_writes_by_state on status_writes (organisation_id, state);

-- Ways to reach candidates that are to be added to their contact in Lever.
create table contact_writes (
    organisation_id text not null references organisations (id),
    candidate_id text not null references candidates (id),
    member_id text not null references members (id),
    -- JSON lists of what is new.
    emails text not null,
    phones text not null,
    links text not null,
    revision integer not null,
    -- queued, refused
    state text not null,
    failure text,
    refusals integer not null,
    look_at integer,
    created_at integer not null,
    updated_at integer not null,
    primary key (organisation_id, candidate_id)
) strict;

-- Every opportunity seen of a contact that is linked, whether it counts or not.
create table contact_opportunities (
    organisation_id text not null references organisations (id),
    id text not null,
    contact_id text not null,
    stage text not null,
    archived_reason text,
    archived_at integer,
    owner text,
    -- The posting's title, where it was asked for.
    posting text,
    url text not null,
    read_at integer not null,
    primary key (organisation_id, id)
) strict;
create index contact_opportunities_by_contact on contact_opportunities (organisation_id, contact_id);
create index opportunities_by_contact on opportunities (organisation_id, contact_id);

-- Whether Lever stood, or was brought, where the decision of a member leads: the
-- next move there is news, and contradicts nobody.
alter table opportunities add column agreed integer not null default 0;
-- Who changed it last in Lever, where Lever says so, and when.
alter table opportunities add column changed_by text;
alter table opportunities add column changed_at integer;
