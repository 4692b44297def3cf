-- Every envelope that is settled says when it was.
-- lane: interpreting
-- remedy: Somebody changed the table envelope by hand, or a program other than Accord did; find out who, and put the standing of these back to 'waiting'.
SELECT '' AS system, concat('envelope ', id) AS place, concat('it stands as ', standing, ' since no known time') AS told
  FROM envelope
 WHERE id >= :from_envelope AND standing <> 'waiting' AND decided_at IS NULL
 ORDER BY id
 LIMIT :most
