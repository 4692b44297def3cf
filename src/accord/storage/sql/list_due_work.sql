-- What kinds of work, of which systems, can be claimed: due, and in nobody's hands.
SELECT DISTINCT kind, system
  FROM task
 WHERE NOT dead
   AND NOT (
       kind = 'propagate'
       AND EXISTS (SELECT FROM pause WHERE pause.system = task.system OR pause.system = '*')
   )
   AND NOT (
       repair
       AND EXISTS (SELECT FROM pause WHERE pause.system = concat('*repairs ', task.system))
       AND key NOT IN (
           SELECT CAST(repair.order_id AS text)
             FROM repair
            WHERE repair.system = task.system AND repair.outcome IN ('waiting', 'held')
              AND repair.by_hand
       )
   )
   AND due <= CAST(:now AS timestamptz)
   AND (leased_until IS NULL OR leased_until <= CAST(:now AS timestamptz))
