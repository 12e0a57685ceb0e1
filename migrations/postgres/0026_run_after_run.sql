-- A run that is asked for while another is under way. The file of the same name under ../sqlite makes the same change.

-- Why the run that follows this one was asked for; null when none was.
alter table reconciliations add column followed_by text;
