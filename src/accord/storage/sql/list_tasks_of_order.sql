-- What is still to be done for one order at its mirrors.
SELECT system, due, leased_until, failures, dead, note
  FROM task
 WHERE kind = 'propagate' AND key = :key
 ORDER BY system
