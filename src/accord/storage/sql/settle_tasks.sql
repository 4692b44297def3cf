-- End leases that are still the newest: drop what is done, put back what is due again, given up,
-- or was asked for once more meanwhile. Nobody can ask for these tasks until we commit.
WITH held AS (
    SELECT task.id, task.asked_again, given.*
      FROM unnest(
               CAST(:kinds AS text[]), CAST(:systems AS text[]), CAST(:keys AS text[]),
               CAST(:tokens AS bigint[]), CAST(:dues AS timestamptz[]),
               CAST(:failed AS boolean[]), CAST(:dead AS boolean[]), CAST(:notes AS text[])
           ) AS given (kind, system, key, token, due, failed, dead, note)
      JOIN task ON task.kind = given.kind AND task.system = given.system AND task.key = given.key
     WHERE task.token = given.token AND task.leased_until IS NOT NULL
     ORDER BY task.kind, task.system, task.key
       FOR UPDATE OF task
), dropped AS (
    DELETE FROM task
     USING held
     WHERE task.id = held.id
       AND held.due IS NULL AND NOT held.dead AND held.asked_again IS NULL
), put_back AS (
    UPDATE task
       SET due = coalesce(least(held.due, held.asked_again), task.due),
           leased_until = NULL,
           asked_again = NULL,
           failures = CASE
               WHEN held.dead AND held.asked_again IS NOT NULL THEN 0
               WHEN held.failed THEN task.failures + 1
               ELSE 0
           END,
           dead = held.dead AND held.asked_again IS NULL,
           note = held.note,
           settled_at = CAST(:now AS timestamptz)
      FROM held
     WHERE task.id = held.id
       AND (held.due IS NOT NULL OR held.dead OR held.asked_again IS NOT NULL)
)
SELECT token FROM held
