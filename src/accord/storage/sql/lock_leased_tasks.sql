-- Which of these leases are still the newest; nobody can ask for those tasks until we commit.
SELECT task.token
  FROM unnest(
           CAST(:kinds AS text[]), CAST(:systems AS text[]), CAST(:keys AS text[]),
           CAST(:tokens AS bigint[])
       ) AS given (kind, system, key, token)
  JOIN task ON task.kind = given.kind AND task.system = given.system AND task.key = given.key
 WHERE task.token = given.token AND task.leased_until IS NOT NULL
 ORDER BY task.kind, task.system, task.key
   FOR UPDATE OF task
