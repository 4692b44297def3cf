-- Every change of every cell of one order, oldest first.
SELECT system, track, subject, kind, word, state, said_at, happened_at, evidence, decided_at
  FROM history
 WHERE order_id = :order
 ORDER BY id
