-- Every change of every cell of some orders, each order's oldest first.
SELECT order_id, system, track, subject, kind, word, state, said_at, happened_at, evidence,
       decided_at
  FROM history
 WHERE order_id = ANY(CAST(:orders AS bigint[]))
 ORDER BY order_id, id
