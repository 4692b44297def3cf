-- By topic and hour, how many hooks did not come.
SELECT system, hour, topic, count(*) AS hooks
  FROM missed_hook
 WHERE came_at IS NULL AND (:system = '' OR system = :system)
   AND hour >= CAST(:since AS timestamptz)
   AND (CAST(:until AS timestamptz) IS NULL OR hour < CAST(:until AS timestamptz))
 GROUP BY system, hour, topic
 ORDER BY system, hour, topic
