-- What kinds of work, of which systems, can be claimed: due, and in nobody's hands.
SELECT DISTINCT kind, system
  FROM task
 WHERE NOT dead
   AND due <= CAST(:now AS timestamptz)
   AND (leased_until IS NULL OR leased_until <= CAST(:now AS timestamptz))
