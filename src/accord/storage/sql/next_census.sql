-- The oldest hour that is due and not finished.
SELECT *
  FROM census
 WHERE system = :system AND state IN ('open', 'holes') AND due <= CAST(:now AS timestamptz)
 ORDER BY hour
 LIMIT 1
