-- When the first hour that is not finished is due.
SELECT min(due) FROM census WHERE system = :system AND state IN ('open', 'holes')
