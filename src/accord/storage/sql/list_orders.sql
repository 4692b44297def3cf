-- A page of orders, newest first: all, or those with a number that begins so or just this name.
SELECT id, CAST(matrix AS text) AS matrix, updated_at
  FROM orders
 WHERE id < :before
   AND (
       :name = ''
       OR id IN (SELECT order_id FROM order_link WHERE value = :name)
       OR id IN (
           SELECT order_id
             FROM order_link
            WHERE scope = 'number' AND value >= :number AND value < :beyond
       )
   )
 ORDER BY id DESC
 LIMIT :limit
