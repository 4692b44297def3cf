-- Put work down. What is asked for already is only made due earlier; what is in somebody's hands
-- is marked to be done once more; what was given up gets a fresh start. A wait that the link asked
-- for is cut short by urgent work only. Any ordinary wish makes ordinary work of a repair, at once;
-- the wish for a repair makes none of what is ordinary, and waits for nothing there.
INSERT INTO task (kind, system, key, due, asked_at, urgent, repair)
SELECT kind, system, key, due, asked_at, urgent, repair
  FROM unnest(
           CAST(:kinds AS text[]), CAST(:systems AS text[]), CAST(:keys AS text[]),
           CAST(:dues AS timestamptz[]), CAST(:asked AS timestamptz[]),
           CAST(:urgent AS boolean[]), CAST(:repairs AS boolean[])
       ) AS given (kind, system, key, due, asked_at, urgent, repair)
 ORDER BY kind COLLATE "C", system COLLATE "C", key COLLATE "C"
    ON CONFLICT (kind, system, key) DO UPDATE
   SET due = CASE
           WHEN task.leased_until IS NOT NULL THEN task.due
           WHEN excluded.urgent AND task.dead THEN excluded.due
           WHEN excluded.urgent THEN least(task.due, excluded.due)
           WHEN task.dead AND task.repair THEN greatest(excluded.due, task.held_until)
           WHEN task.dead THEN greatest(excluded.asked_at, task.held_until)
           WHEN task.repair THEN greatest(least(task.due, excluded.due), task.held_until)
           ELSE greatest(least(task.due, excluded.asked_at), task.held_until)
       END,
       asked_again = CASE
           WHEN task.leased_until IS NOT NULL THEN least(task.asked_again, excluded.due)
       END,
       again_repair = task.leased_until IS NOT NULL AND excluded.repair
           AND (task.asked_again IS NULL OR task.again_repair),
       held_until = CASE
           WHEN task.leased_until IS NULL AND excluded.urgent THEN NULL
           ELSE task.held_until
       END,
       asked_at = CASE
           WHEN task.leased_until IS NULL AND task.dead THEN excluded.asked_at
           WHEN task.repair AND NOT excluded.repair THEN excluded.asked_at
           ELSE task.asked_at
       END,
       failures = CASE WHEN task.dead THEN 0 ELSE task.failures END,
       urgent = task.urgent OR excluded.urgent,
       repair = task.repair AND excluded.repair,
       dead = false
 -- Most of what is asked for twice stays as it was: no row is written then, and no index entry.
 WHERE task.leased_until IS NOT NULL OR task.dead OR task.repair OR excluded.urgent
    OR excluded.asked_at < task.due OR task.held_until > task.due
