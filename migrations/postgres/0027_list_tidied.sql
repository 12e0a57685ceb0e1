-- A page of the candidate list reads an index alone as long as VACUUM has seen the rows
-- that it stands for. By the usual settings that is so only after a fifth of the table has
-- been added or changed, and whoever was added last is read row by row until then. The
-- file of the same name under ../sqlite changes nothing: SQLite's indexes need no VACUUM.

alter table candidates set (autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_vacuum_scale_factor = 0.02);
alter table candidate_words set (autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_vacuum_scale_factor = 0.02);
