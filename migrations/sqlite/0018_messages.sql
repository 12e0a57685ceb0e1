-- Messages on their way by mail, messages to many, templates, and mails about what
-- needs attention. The file of the same name under ../postgres makes the same changes.

-- messages.delivery: outbox, queued, sent, failed, received. Why it was not sent:
alter table messages add column failure text;

-- What a candidate typed and was refused, so that nothing typed is lost.
alter table reply_links add column draft text not null default '';

-- When a Super Admin was told last of a kind of attention item.
create table attention_mails (
    organisation_id text not null references organisations (id),
    member_id text not null references members (id),
    kind text not null,
    at integer not null,
    primary key (member_id, kind)
) strict;

create table message_templates (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    name text not null,
    body text not null,
    saved_by text not null references members (id),
    created_at integer not null,
    updated_at integer not null
) strict;
create unique index message_templates_by_name on message_templates (organisation_id, name);

-- A text to many candidates: as a draft, while it is written to them, afterwards.
create table bulk_messages (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    written_by text not null references members (id),
    -- draft, running, stopped, done
    state text not null,
    -- Whom it is for, JSON: a list of candidates, or a filter of the candidate list.
    source text not null,
    -- How far the source has been read; null: to its end.
    read_up_to text,
    body text not null,
    -- Items so far.
    total integer not null,
    created_at integer not null,
    updated_at integer not null,
    finished_at integer
) strict;
create index bulk_messages_by_organisation on bulk_messages (organisation_id, created_at);

create table bulk_message_items (
    organisation_id text not null references organisations (id),
    bulk_message_id text not null references bulk_messages (id),
    position integer not null,
    candidate_id text not null references candidates (id),
    -- waiting, written, skipped
    state text not null,
    -- Why it was skipped.
    reason text,
    message_id text references messages (id),
    primary key (bulk_message_id, position)
) strict;
create unique index bulk_message_items_once on bulk_message_items (bulk_message_id, candidate_id);
create index bulk_message_items_by_state on bulk_message_items (bulk_message_id, state, position);
