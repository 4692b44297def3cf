-- Hours of one system, or of all, newest first.
SELECT *
  FROM census
 WHERE (:system = '' OR system = :system)
   AND (CAST(:since AS timestamptz) IS NULL OR hour >= CAST(:since AS timestamptz))
   AND (CAST(:until AS timestamptz) IS NULL OR hour < CAST(:until AS timestamptz))
 ORDER BY hour DESC, system
 LIMIT :limit
