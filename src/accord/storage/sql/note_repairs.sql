-- Put found repairs into the ledger, where the task was made one; what is ordinary work is none.
INSERT INTO repair (order_id, system, found_at, why, actions)
SELECT given.order_id, given.system, CAST(:now AS timestamptz), given.why, '[]'
  FROM unnest(
           CAST(:orders AS bigint[]), CAST(:systems AS text[]), CAST(:whys AS text[])
       ) AS given (order_id, system, why)
  JOIN task ON task.kind = 'propagate' AND task.key = CAST(given.order_id AS text)
           AND task.system = given.system
 WHERE (task.repair OR task.again_repair) AND NOT task.dead
 ORDER BY given.order_id, given.system COLLATE "C"
    ON CONFLICT (order_id, system) WHERE outcome IN ('waiting', 'held') DO NOTHING
