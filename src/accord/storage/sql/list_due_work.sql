-- What kinds of work, of which systems, can be claimed: due, and in nobody's hands.
SELECT DISTINCT kind, system
  FROM task
 WHERE NOT dead
   AND NOT (
       kind = 'propagate'
       AND EXISTS (SELECT FROM pause WHERE pause.system = task.system OR pause.system = '*')
   )
   AND due <= CAST(:now AS timestamptz)
   AND (leased_until IS NULL OR leased_until <= CAST(:now AS timestamptz))
