-- How many orders wait to be brought into step at each system, and how many since before :late.
SELECT system, count(*) AS waiting,
       count(*) FILTER (WHERE asked_at < CAST(:late AS timestamptz)) AS late
  FROM task
 WHERE kind = 'propagate' AND NOT dead AND NOT repair AND asked_at <= CAST(:now AS timestamptz)
 GROUP BY system
 ORDER BY system
