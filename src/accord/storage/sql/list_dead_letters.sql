-- A page of the tasks that were given up, with the last tries at them, oldest first.
SELECT task.id, task.kind, task.system, task.key, task.failures, task.note,
       coalesce(task.settled_at, task.due) AS since,
       ARRAY(
           SELECT json_build_object('at', last.at, 'action', last.action, 'outcome', last.outcome)
                  ::text
             FROM (
                  SELECT id, at, action, outcome
                    FROM attempt
                   WHERE task.kind = 'propagate' AND attempt.system = task.system
                     AND attempt.order_id = CASE
                         WHEN task.key ~ '^[0-9]{1,18}$' THEN CAST(task.key AS bigint)
                     END
                   ORDER BY id DESC
                   LIMIT :tries
                  ) AS last
            ORDER BY last.id
       ) AS tries
  FROM task
 WHERE task.dead AND task.id > :after
   AND (NOT :is_listed OR task.id = ANY(CAST(:ids AS bigint[])))
   AND (:system = '' OR task.system = :system)
   AND (
       NOT :has_order
       OR (task.kind = 'propagate' AND task.key IN (
           SELECT CAST(order_id AS varchar)
             FROM order_link
            WHERE value = ANY(CAST(:names AS varchar[]))
       ))
   )
 ORDER BY task.id
 LIMIT :limit
