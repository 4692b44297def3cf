-- The changes of which no hook has told yet, oldest first.
SELECT *
  FROM missed_hook
 WHERE system = :system AND hour >= CAST(:since AS timestamptz) AND came_at IS NULL
 ORDER BY said_at, topic, thing
