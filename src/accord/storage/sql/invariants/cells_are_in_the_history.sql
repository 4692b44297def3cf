-- What a system said last, in the history, is what its cell holds.
-- lane: interpreting
-- remedy: The matrix of these orders was changed past its history; find out by whom, then have the orders read again from their systems.
WITH told AS (
    SELECT DISTINCT ON (order_id, system, track, subject)
           order_id, system, track, subject, word, state
      FROM history
     WHERE id >= :from_history
     ORDER BY order_id, system, track, subject, id DESC
), held AS (
    SELECT cell.order_id, cell.system, cell.track, cell.subject, cell.word, cell.state
      FROM cell
     WHERE cell.order_id IN (SELECT told.order_id FROM told)
)
SELECT told.system AS system,
       concat('order ', told.order_id, ', ', told.track, ' of ', told.subject) AS place,
       concat('the history says ', told.state, ' and the cell ', coalesce(held.state, 'nothing')) AS told
  FROM told
  LEFT JOIN held USING (order_id, system, track, subject)
 WHERE (held.word, held.state) IS DISTINCT FROM (told.word, told.state)
 ORDER BY told.order_id
 LIMIT :most
