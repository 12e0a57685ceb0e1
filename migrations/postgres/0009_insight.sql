-- Whom people wrote to in a month, for the funnel.
create index candidates_by_first_message on candidates (organisation_id, messaged_at);
