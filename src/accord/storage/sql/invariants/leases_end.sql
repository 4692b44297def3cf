-- Every lease has a token and an end within a day.
-- lane: writing
-- remedy: A clock was far ahead when these were leased; set leased_until of these tasks to now, and report this if no clock was wrong.
SELECT system, concat('task ', id, ' ', kind, ' ', key) AS place, concat('leased until ', leased_until, ' under token ', token) AS told
  FROM task
 WHERE leased_until IS NOT NULL
   AND (token = 0 OR leased_until > statement_timestamp() + interval '1 day')
 ORDER BY id
 LIMIT :most
