-- Why nothing may be written to a system for now.
SELECT concat(who, ': ', why)
  FROM pause
 WHERE system = :system OR system = '*'
 ORDER BY system DESC
 LIMIT 1
