-- End in the ledger what went on without it: repairs that became ordinary work, or needed no more;
-- and what was let go, once no work on it is left.
UPDATE repair
   SET outcome = CASE
           WHEN given_up.id IS NOT NULL THEN 'given_up'
           WHEN open.outcome = 'released' THEN 'repaired'
           ELSE 'overtaken'
       END,
       ended_at = CAST(:now AS timestamptz)
  FROM repair AS open
  LEFT JOIN task AS given_up
         ON given_up.kind = 'propagate' AND given_up.key = CAST(open.order_id AS text)
        AND given_up.system = open.system AND given_up.dead
 WHERE repair.id = open.id
   AND open.system = :system
   AND open.outcome IN ('waiting', 'held', 'released')
   AND NOT EXISTS (
       SELECT
         FROM task
        WHERE task.kind = 'propagate' AND task.key = CAST(open.order_id AS text)
          AND task.system = open.system AND NOT task.dead
          AND (open.outcome = 'released' OR task.repair OR task.again_repair)
   )
RETURNING repair.id
