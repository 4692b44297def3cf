-- Put work down. What is asked for already is only made due earlier; what is in somebody's hands
-- is marked to be done once more; what was given up gets a fresh start.
INSERT INTO task (kind, system, key, due)
SELECT kind, system, key, due
  FROM unnest(
           CAST(:kinds AS text[]), CAST(:systems AS text[]), CAST(:keys AS text[]),
           CAST(:dues AS timestamptz[])
       ) AS given (kind, system, key, due)
 ORDER BY kind COLLATE "C", system COLLATE "C", key COLLATE "C"
    ON CONFLICT (kind, system, key) DO UPDATE
   SET due = CASE
           WHEN task.leased_until IS NOT NULL THEN task.due
           WHEN task.dead THEN excluded.due
           ELSE least(task.due, excluded.due)
       END,
       asked_again = CASE
           WHEN task.leased_until IS NOT NULL THEN least(task.asked_again, excluded.due)
       END,
       failures = CASE WHEN task.dead THEN 0 ELSE task.failures END,
       dead = false
