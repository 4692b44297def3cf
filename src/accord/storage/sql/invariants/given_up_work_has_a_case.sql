-- Work that was given up on an order is on somebody's list.
-- lane: writing
-- remedy: These would be forgotten: run accord retry for them, and report this as a fault of Accord.
SELECT task.system AS system, concat('order ', task.key) AS place, concat('given up (', task.note, ') and in no open case') AS told
  FROM task
 WHERE task.dead AND task.kind = 'propagate'
   AND NOT EXISTS (
       SELECT
         FROM cases
        WHERE cases.order_id = CAST(task.key AS bigint) AND cases.system = task.system
          AND cases.holds
   )
 ORDER BY task.id
 LIMIT :most
