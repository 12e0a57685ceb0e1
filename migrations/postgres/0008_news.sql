-- What changed, told from one server process to the others. Short-lived.
create table news (
    id text primary key not null,
    process_id text not null,
    organisation_id text not null references organisations (id),
    change text not null,
    at bigint not null
);
create index news_by_time on news (at);
