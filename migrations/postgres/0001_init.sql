-- The first schema. The file of the same name under ../sqlite creates the
-- same tables and columns; a test compares them.
-- Ids are UUIDs as text, instants are milliseconds since the epoch, lists are JSON text.

create table meta (
    key text primary key not null,
    value text not null
);

create table organisations (
    id text primary key not null,
    name text not null,
    practice bigint not null,
    created_at bigint not null
);

create table members (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    email text not null unique,
    name text not null,
    role text not null,
    password_hash text not null,
    active bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index members_by_organisation on members (organisation_id, name);

-- Invitations and set-up links: single use, found by the hash of their secret.
create table invites (
    id text primary key not null,
    kind text not null,
    organisation_id text references organisations (id),
    token_hash text not null unique,
    email text,
    role text not null,
    created_by text references members (id),
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);

-- Sessions are found by the SHA-256 of their id: the table lets nobody in.
create table sessions (
    id_hash text primary key not null,
    data text not null,
    expires_at bigint not null
);
create index sessions_by_expiry on sessions (expires_at);

-- Failed sign-ins, for the limit. The subject is a hash of address and peer.
create table sign_in_failures (
    id text primary key not null,
    subject text not null,
    at bigint not null
);
create index sign_in_failures_by_subject on sign_in_failures (subject, at);

create table candidates (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    name text not null,
    headline text not null,
    company text not null,
    location text not null,
    phones text not null,
    links text not null,
    skills text not null,
    score bigint,
    owner_id text references members (id),
    status text not null,
    status_cause text not null,
    status_at bigint not null,
    last_open_status text not null,
    -- Lever's status while it differs from one set by hand.
    conflict_status text,
    messaged_at bigint,
    answered_at bigint,
    created_at bigint not null,
    updated_at bigint not null
);
create index candidates_by_age on candidates (organisation_id, created_at desc, id desc);
create index candidates_by_status on candidates (organisation_id, status, created_at desc, id desc);

create table candidate_emails (
    organisation_id text not null references organisations (id),
    email text not null,
    candidate_id text not null references candidates (id),
    position bigint not null,
    primary key (organisation_id, email)
);
create index candidate_emails_by_candidate on candidate_emails (candidate_id, position);

-- One row a word of name, e-mail and company, lower case: prefixes are searched.
create table candidate_words (
    organisation_id text not null references organisations (id),
    -- Ordered byte by byte whatever the locale, as prefix ranges need.
    word text collate "C" not null,
    candidate_id text not null references candidates (id),
    primary key (organisation_id, word, candidate_id)
);
create index candidate_words_by_candidate on candidate_words (candidate_id, word);

create table messages (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    candidate_id text not null references candidates (id),
    direction text not null,
    author_id text references members (id),
    body text not null,
    -- For an answer: the message it answers.
    answers_id text references messages (id),
    delivery text not null,
    created_at bigint not null,
    sent_at bigint
);
create index messages_by_candidate on messages (organisation_id, candidate_id, created_at);

-- Public reply links. Their address is signed; only its hash is stored.
create table reply_links (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    candidate_id text not null references candidates (id),
    message_id text not null unique references messages (id),
    token_hash text not null unique,
    created_at bigint not null,
    expires_at bigint not null,
    -- Set when a member opened it: its answers never start an automatic import.
    member_opened_at bigint
);

create table status_changes (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    candidate_id text not null references candidates (id),
    from_status text not null,
    to_status text not null,
    cause text not null,
    -- The member who set it by hand, wrote or answered.
    member_id text references members (id),
    -- In Lever: the stage or reason, who moved it, and the delivery that told.
    place text,
    lever_actor text,
    delivery_id text,
    at bigint not null
);
create index status_changes_by_candidate on status_changes (organisation_id, candidate_id, at);

create table connections (
    id text primary key not null,
    organisation_id text not null unique references organisations (id),
    state text not null,
    state_reason text,
    environment text not null,
    base_url text not null,
    key_sealed bytea,
    key_ends_in text,
    key_set_at bigint,
    -- The webhook address may be shown again, so it is sealed; found by its hash.
    webhook_sealed bytea not null,
    webhook_hash text not null unique,
    -- The first unfinished step of the wizard.
    step text not null,
    -- The id of the hired archive reason: the identity of the Lever account.
    account text,
    fallback_user text,
    permissions text not null,
    -- What was read up to: updated_at and deleted_at windows of reconciliation.
    read_up_to bigint,
    reconciled_at bigint,
    -- When users, stages and archive reasons were read last.
    catalogue_read_at bigint,
    created_at bigint not null,
    updated_at bigint not null
);

create table signing_tokens (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    connection_id text not null references connections (id),
    sealed bytea not null,
    ends_in text not null,
    -- The event it signs, once known by trial, or `several`; null: not known yet.
    event text,
    created_at bigint not null,
    retired_at bigint
);
create index signing_tokens_by_connection on signing_tokens (connection_id);

create table lights (
    organisation_id text not null references organisations (id),
    connection_id text not null references connections (id),
    event text not null,
    light text not null,
    at bigint,
    -- A Verify that could not be checked yet: its signed fields.
    held_token text,
    held_triggered_at text,
    held_signature text,
    last_event_at bigint,
    -- Id in Lever when registered through its API.
    webhook text,
    primary key (connection_id, event)
);

create table lever_users (
    organisation_id text not null references organisations (id),
    connection_id text not null references connections (id),
    id text not null,
    name text not null,
    email text not null,
    active bigint not null,
    primary key (connection_id, id)
);

create table lever_places (
    organisation_id text not null references organisations (id),
    connection_id text not null references connections (id),
    -- stage or reason
    kind text not null,
    id text not null,
    text text not null,
    hired bigint not null,
    active bigint not null,
    position bigint not null,
    primary key (connection_id, kind, id)
);

create table user_map (
    organisation_id text not null references organisations (id),
    member_id text not null references members (id),
    lever_user text not null,
    primary key (organisation_id, member_id)
);

create table stage_map (
    organisation_id text not null references organisations (id),
    kind text not null,
    lever_id text not null,
    target text not null,
    primary key (organisation_id, kind, lever_id)
);

-- Choices of a refused mapping form, so that nothing typed is lost.
create table drafts (
    organisation_id text not null references organisations (id),
    step text not null,
    body text not null,
    updated_at bigint not null,
    primary key (organisation_id, step)
);

create table imports (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    candidate_id text not null unique references candidates (id),
    requested_by text not null references members (id),
    state text not null,
    marker text not null,
    -- The Lever user credited: perform_as.
    credited_user text,
    -- The intent, committed before the request is written.
    intent_at bigint,
    -- Until when the holder of the intent may have been writing.
    intent_until bigint,
    -- While unknown: not before this instant may be looked or repeated.
    look_at bigint,
    failure text,
    failure_detail text,
    decision text,
    matches text not null,
    opportunity_id text,
    -- none, pending, sending, written, unknown
    note text not null,
    created_at bigint not null,
    updated_at bigint not null
);
create index imports_by_state on imports (organisation_id, state);

-- Opportunities that stand for a candidate.
create table opportunities (
    organisation_id text not null references organisations (id),
    id text not null,
    candidate_id text not null references candidates (id),
    contact_id text,
    url text not null,
    -- The truth as last applied; null before the first reading.
    stage text,
    archived_reason text,
    archived_at bigint,
    -- The place that holds the status because it is not mapped.
    held bigint not null,
    lever_updated_at bigint,
    read_at bigint not null,
    unlinked_at bigint,
    primary key (organisation_id, id)
);
create index opportunities_by_candidate on opportunities (organisation_id, candidate_id);

-- The inbox: verified deliveries. Each token is burnt once.
create table deliveries (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    connection_id text not null references connections (id),
    token text not null,
    event text not null,
    opportunity_id text,
    triggered_at bigint not null,
    received_at bigint not null,
    body bytea not null,
    -- pending, applied, ignored, failed
    state text not null,
    outcome text,
    settled_at bigint,
    unique (connection_id, token)
);
create index deliveries_pending on deliveries (organisation_id, opportunity_id, state);

-- Deliveries whose signature does not verify: bounded, never acted on.
create table quarantine (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    connection_id text not null references connections (id),
    event text not null,
    received_at bigint not null,
    body bytea not null
);
create index quarantine_by_connection on quarantine (connection_id, received_at);

create table jobs (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    kind text not null,
    payload text not null,
    key text not null,
    priority bigint not null,
    needs_lever bigint not null,
    -- queued, running, dead; done jobs are deleted
    state text not null,
    run_at bigint not null,
    attempt bigint not null,
    max_attempts bigint not null,
    lease_owner text,
    lease_until bigint,
    last_error text,
    created_at bigint not null,
    updated_at bigint not null
);
create unique index jobs_one_queued on jobs (key) where state = 'queued';
create unique index jobs_one_running on jobs (key) where state = 'running';
create index jobs_due on jobs (state, priority, run_at);
create index jobs_by_key on jobs (key, state);

create table reconciliations (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    connection_id text not null references connections (id),
    -- due, asked, permitted
    cause text not null,
    -- queued, running, done, stopped
    state text not null,
    started_at bigint not null,
    finished_at bigint,
    looked_at bigint not null,
    changed bigint not null,
    requests bigint not null,
    problem text
);
create index reconciliations_by_organisation on reconciliations (organisation_id, started_at);
create unique index reconciliations_one_open on reconciliations (organisation_id) where finished_at is null;

create table attention_items (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    kind text not null,
    subject text not null,
    candidate_id text references candidates (id),
    -- What the text needs, JSON.
    detail text not null,
    created_at bigint not null,
    resolved_at bigint
);
create unique index attention_open on attention_items (organisation_id, kind, subject) where resolved_at is null;
create index attention_by_organisation on attention_items (organisation_id, resolved_at, created_at);

-- The audit log and the activity log in one: what was done, sent, received and decided.
create table activity (
    id text primary key not null,
    organisation_id text not null references organisations (id),
    at bigint not null,
    member_id text references members (id),
    candidate_id text references candidates (id),
    kind text not null,
    summary text not null
);
create index activity_by_organisation on activity (organisation_id, at desc, id desc);
