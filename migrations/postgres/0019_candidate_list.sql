-- What the candidate list is sorted by and narrowed to, and an index for each
-- order and each filter that holds the other filters too: so no page of the list
-- looks at rows that it does not show.
-- The file of the same name under ../sqlite makes the same changes.

-- The name as it is sorted: lower case, its first 64 letters.
alter table candidates add column sort_name text collate "C" not null default '';
-- The score, 0 where there is none.
alter table candidates add column score_rank bigint not null default 0;
-- The place of the status in the pipeline.
alter table candidates add column status_rank bigint not null default 0;
-- How far the candidate is on the way into Lever: 0 no answer, 1 answered,
-- 2 a member decides, 3 in Lever.
alter table candidates add column way bigint not null default 0;

update candidates set
    sort_name = lower(substr(name, 1, 64)),
    score_rank = coalesce(score, 0),
    status_rank = case status
        when 'new' then 0 when 'contacted' then 1 when 'responded' then 2 when 'screening' then 3
        when 'interviewing' then 4 when 'offer' then 5 when 'hired' then 6 when 'rejected' then 7 else 8 end,
    way = case
        when exists (select 1 from imports i where i.candidate_id = candidates.id and i.state = 'imported') then 3
        when exists (select 1 from imports i where i.candidate_id = candidates.id and i.state = 'needs_decision')
            then 2
        when messaged_at is not null and answered_at is not null then 1
        else 0 end;

drop index candidates_by_age;
drop index candidates_by_status;
create index candidates_by_age on candidates
    (organisation_id, created_at, id, status_rank, way, score_rank, owner_id);
create index candidates_by_status on candidates
    (organisation_id, status_rank, created_at, id, way, score_rank, owner_id);
create index candidates_by_way on candidates
    (organisation_id, way, created_at, id, status_rank, score_rank, owner_id);
create index candidates_by_owner on candidates
    (organisation_id, owner_id, created_at, id, status_rank, way, score_rank);
create index candidates_by_score on candidates
    (organisation_id, score_rank, created_at, id, status_rank, way, owner_id);
create index candidates_by_name on candidates
    (organisation_id, sort_name, created_at, id, status_rank, way, score_rank, owner_id);
create index candidates_by_since on candidates
    (organisation_id, status_at, created_at, id, status_rank, way, score_rank, owner_id);
