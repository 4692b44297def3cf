-- Lease the tasks that have been due longest, each under a new token. A lease that ran out is as
-- good as none. Urgent tasks and repairs have lanes of their own.
WITH due AS (
    SELECT ready.id, ready.due, ready.taken_over
      FROM unnest(CAST(:systems AS text[])) AS given (system)
     CROSS JOIN LATERAL (
           SELECT task.id, task.due, task.leased_until IS NOT NULL AS taken_over
             FROM task
            WHERE task.kind = :kind AND task.system = given.system AND NOT task.dead
              AND (
                  :kind <> 'propagate'
                  OR NOT EXISTS (
                      SELECT FROM pause WHERE pause.system = given.system OR pause.system = '*'
                  )
              )
              AND NOT task.urgent
              AND NOT task.repair
              AND task.due <= CAST(:now AS timestamptz)
              AND (task.leased_until IS NULL OR task.leased_until <= CAST(:now AS timestamptz))
            ORDER BY task.due, task.id
            LIMIT :limit
              FOR UPDATE SKIP LOCKED
           ) AS ready
     ORDER BY ready.due, ready.id
     LIMIT :limit
), leased AS (
    UPDATE task
       SET leased_until = CAST(:leased_until AS timestamptz),
           token = nextval('task_token'),
           asked_again = NULL,
           again_repair = false
      FROM due
     WHERE task.id = due.id
    RETURNING task.id, task.system, task.key, task.token, task.failures, task.doubt_until,
              task.doubt_seen, due.taken_over, task.due
)
SELECT system, key, token, failures, doubt_until, doubt_seen, taken_over
  FROM leased
 ORDER BY due, id
