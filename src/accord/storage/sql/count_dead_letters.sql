-- How much work was given up at each system, and since when.
SELECT system, count(*) AS letters, min(coalesce(settled_at, due)) AS since
  FROM task
 WHERE dead
 GROUP BY system
 ORDER BY system
