-- Take these orders in hand and answer their facts, always in the order of their numbers, so that
-- two hands never wait for each other in a circle. What is answered is what is so once we have them.
SELECT id, CAST(matrix AS text) AS matrix, shape
  FROM orders
 WHERE id = ANY(CAST(:orders AS bigint[]))
 ORDER BY id
   FOR UPDATE
