-- Drop tasks that are done, unless they were asked for once more meanwhile.
DELETE FROM task
 USING unnest(
           CAST(:kinds AS text[]), CAST(:systems AS text[]), CAST(:keys AS text[])
       ) AS given (kind, system, key)
 WHERE task.kind = given.kind AND task.system = given.system AND task.key = given.key
   AND task.asked_again IS NULL
