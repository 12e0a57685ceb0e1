-- Everything that the candidate list is narrowed to and sorted by stands in every
-- index that may lead through it, the words' too: so whichever way in is the
-- narrowest, one pass over an index answers the rest, whatever else is asked.
-- The file of the same name under ../sqlite makes the same changes.

-- The words that a candidate is found by, each with a space before it; null where
-- they are too long to stand in every index.
alter table candidates add column found_by text collate "C";

drop index candidates_by_age;
drop index candidates_by_status;
drop index candidates_by_way;
drop index candidates_by_owner;
drop index candidates_by_score;
drop index candidates_by_name;
drop index candidates_by_since;

update candidates set found_by = coalesce(
    (select string_agg(' ' || w.word, '') from candidate_words w where w.candidate_id = candidates.id), '');
update candidates set found_by = null where octet_length(found_by) > 500;

create index candidates_by_age on candidates
    (organisation_id, created_at, id, status_rank, way, score_rank, owner_id, status_at, sort_name, found_by);
create index candidates_by_status on candidates
    (organisation_id, status_rank, created_at, id, way, score_rank, owner_id, status_at, sort_name, found_by);
create index candidates_by_way on candidates
    (organisation_id, way, status_rank, created_at, id, score_rank, owner_id, status_at, sort_name, found_by);
create index candidates_by_owner on candidates
    (organisation_id, owner_id, created_at, id, status_rank, way, score_rank, status_at, sort_name, found_by);
create index candidates_by_score on candidates
    (organisation_id, score_rank, created_at, id, status_rank, way, owner_id, status_at, sort_name, found_by);
create index candidates_by_name on candidates
    (organisation_id, sort_name, created_at, id, status_rank, way, score_rank, owner_id, status_at, found_by);
create index candidates_by_since on candidates
    (organisation_id, status_at, created_at, id, status_rank, way, score_rank, owner_id, sort_name, found_by);
-- One of 256, drawn by the end of their ids, which is random: what is rare among
-- these is rare among all, and what comes late among these comes late among all.
create index candidates_drawn on candidates
    (organisation_id, id, created_at, status_rank, way, score_rank, owner_id, status_at, sort_name, found_by)
    where substr(id, 35) = '00';

-- A word's candidates by age, with what is known of them in `candidates`.
create table words_with_candidates (
    organisation_id text not null references organisations (id),
    word text collate "C" not null,
    candidate_id text not null references candidates (id),
    created_at bigint not null,
    status_at bigint not null,
    status_rank bigint not null,
    way bigint not null,
    score_rank bigint not null,
    owner_id text,
    sort_name text collate "C" not null,
    found_by text collate "C"
);
insert into words_with_candidates
    (organisation_id, word, candidate_id, created_at, status_at, status_rank, way, score_rank, owner_id,
     sort_name, found_by)
select w.organisation_id, w.word, w.candidate_id, c.created_at, c.status_at, c.status_rank, c.way, c.score_rank,
    c.owner_id, c.sort_name, c.found_by
from candidate_words w join candidates c on c.id = w.candidate_id;
drop table candidate_words;
alter table words_with_candidates rename to candidate_words;
create unique index candidate_words_by_age on candidate_words (organisation_id, word, created_at, candidate_id)
    include (status_at, status_rank, way, score_rank, owner_id, sort_name, found_by);
create index candidate_words_by_candidate on candidate_words (candidate_id, word);
