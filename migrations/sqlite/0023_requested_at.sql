-- When an import was asked for last: what members changed since then was not sent with
-- it. Nothing for those asked for before.
alter table imports add column requested_at integer;
