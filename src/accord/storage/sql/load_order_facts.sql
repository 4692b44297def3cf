-- What there is on some orders: their facts, and where somebody is at work on them or was lately.
-- A repair that waits is no work under way: the order is out of step until it is done.
SELECT orders.id, CAST(orders.matrix AS text) AS matrix, orders.updated_at,
       ARRAY(
           SELECT task.system
             FROM task
            WHERE task.kind = 'propagate' AND task.key = CAST(orders.id AS text)
              AND NOT task.dead AND NOT task.repair
            UNION
           SELECT attempt.system
             FROM attempt
            WHERE attempt.order_id = orders.id AND attempt.at > CAST(:lately AS timestamptz)
       ) AS under_way
  FROM orders
 WHERE orders.id = ANY(CAST(:orders AS bigint[]))
 ORDER BY orders.id
