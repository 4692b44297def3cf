-- End leases on tasks that are not done: due again, given up, or asked for once more meanwhile.
UPDATE task
   SET due = coalesce(least(given.due, task.asked_again), task.due),
       leased_until = NULL,
       asked_again = NULL,
       failures = CASE
           WHEN given.dead AND task.asked_again IS NOT NULL THEN 0
           WHEN given.failed THEN task.failures + 1
           ELSE 0
       END,
       dead = given.dead AND task.asked_again IS NULL,
       note = given.note,
       settled_at = CAST(:now AS timestamptz)
  FROM unnest(
           CAST(:kinds AS text[]), CAST(:systems AS text[]), CAST(:keys AS text[]),
           CAST(:dues AS timestamptz[]), CAST(:failed AS boolean[]), CAST(:dead AS boolean[]),
           CAST(:notes AS text[])
       ) AS given (kind, system, key, due, failed, dead, note)
 WHERE task.kind = given.kind AND task.system = given.system AND task.key = given.key
