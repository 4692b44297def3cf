-- Take back the last repair that was let go of orders that are to be repaired again: what it was
-- let go on is too old, so it is undecided once more.
UPDATE repair
   SET outcome = 'waiting', look = NULL, decided_at = NULL
 WHERE repair.id IN (
           SELECT max(let_go.id)
             FROM repair AS let_go
             JOIN task ON task.kind = 'propagate' AND task.key = CAST(let_go.order_id AS text)
                      AND task.system = let_go.system
            WHERE let_go.system = :system AND let_go.outcome = 'released'
              AND let_go.order_id = ANY(CAST(:orders AS bigint[]))
              AND task.repair AND NOT task.dead
              AND NOT EXISTS (
                  SELECT
                    FROM repair AS open
                   WHERE open.order_id = let_go.order_id AND open.system = let_go.system
                     AND open.outcome IN ('waiting', 'held')
              )
            GROUP BY let_go.order_id
       )
