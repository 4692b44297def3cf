-- End leases that are still the newest: drop what is done, put back what is due again, given up,
-- or was asked for once more meanwhile. Nobody can ask for these tasks until we commit.
WITH held AS (
    SELECT task.id, task.asked_again, given.*,
           task.asked_again IS NOT NULL AND task.urgent AND NOT given.was_urgent AS is_overtaken
      FROM unnest(
               CAST(:kinds AS text[]), CAST(:systems AS text[]), CAST(:keys AS text[]),
               CAST(:tokens AS bigint[]), CAST(:dues AS timestamptz[]),
               CAST(:failed AS boolean[]), CAST(:dead AS boolean[]), CAST(:firm AS boolean[]),
               CAST(:urgent AS boolean[]), CAST(:was_urgent AS boolean[]),
               CAST(:repairs AS boolean[]),
               CAST(:doubt_until AS timestamptz[]), CAST(:doubt_seen AS integer[]),
               CAST(:notes AS text[])
           ) AS given (kind, system, key, token, due, failed, dead, firm, urgent, was_urgent,
                       repair, doubt_until, doubt_seen, note)
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
       SET due = CASE
               WHEN held.firm AND NOT held.is_overtaken AND held.due IS NOT NULL THEN held.due
               ELSE coalesce(least(held.due, held.asked_again), task.due)
           END,
           held_until = CASE WHEN held.firm AND NOT held.is_overtaken THEN held.due END,
           asked_at = CASE
               WHEN held.due IS NULL THEN coalesce(held.asked_again, task.asked_at)
               ELSE task.asked_at
           END,
           urgent = CASE WHEN held.asked_again IS NULL THEN held.urgent ELSE task.urgent END,
           -- What was done and asked for anew goes by the wishes of meanwhile; what is not done
           -- yet stays ordinary where it was.
           repair = CASE
               WHEN held.asked_again IS NULL THEN held.repair
               WHEN held.due IS NULL THEN task.again_repair AND NOT task.urgent
               ELSE held.repair AND task.again_repair AND NOT task.urgent
           END,
           again_repair = false,
           doubt_until = held.doubt_until,
           doubt_seen = held.doubt_seen,
           leased_until = NULL,
           asked_again = NULL,
           failures = CASE
               WHEN held.dead AND held.asked_again IS NOT NULL THEN 0
               WHEN held.failed OR held.dead THEN task.failures + 1
               WHEN held.firm THEN task.failures
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
