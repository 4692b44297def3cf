-- Which of some orders have no work at a system, neither under way nor given up.
SELECT orders.id AS order_id
  FROM orders
 WHERE orders.id = ANY(CAST(:orders AS bigint[]))
   AND NOT EXISTS (
       SELECT
         FROM task
        WHERE task.kind = 'propagate' AND task.key = CAST(orders.id AS text)
          AND task.system = :system
   )
 ORDER BY orders.id
