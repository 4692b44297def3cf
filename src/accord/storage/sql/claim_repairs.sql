-- Lease the repairs at a system that have been due longest, each under a new token. While repairs
-- there are stopped, only those that a person asked for.
WITH due AS (
    SELECT task.id, task.due, task.leased_until IS NOT NULL AS taken_over
      FROM task
     WHERE task.kind = 'propagate' AND task.system = :system AND NOT task.dead
       AND task.repair
       AND task.due <= CAST(:now AS timestamptz)
       AND (task.leased_until IS NULL OR task.leased_until <= CAST(:now AS timestamptz))
       AND NOT EXISTS (SELECT FROM pause WHERE pause.system = :system OR pause.system = '*')
       AND (
           NOT EXISTS (SELECT FROM pause WHERE pause.system = :stopped)
           OR task.key IN (
               SELECT CAST(repair.order_id AS text)
                 FROM repair
                WHERE repair.system = :system AND repair.outcome IN ('waiting', 'held')
                  AND repair.by_hand
           )
       )
     ORDER BY task.due, task.id
     LIMIT :limit
       FOR UPDATE OF task SKIP LOCKED
), leased AS (
    UPDATE task
       SET leased_until = CAST(:leased_until AS timestamptz),
           token = nextval('task_token'),
           asked_again = NULL,
           again_repair = false
      FROM due
     WHERE task.id = due.id
    RETURNING task.id, task.key, task.token, task.failures, task.doubt_until, task.doubt_seen,
              due.taken_over, task.due
)
SELECT key, token, failures, doubt_until, doubt_seen, taken_over
  FROM leased
 ORDER BY due, id
