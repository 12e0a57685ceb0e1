-- Nothing changes here: SQLite's indexes need no VACUUM to be read alone. The file of the
-- same name under ../postgres has it come often.

select 1;
