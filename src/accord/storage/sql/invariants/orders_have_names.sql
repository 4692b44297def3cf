-- Every order can be found by a name.
-- lane: interpreting
-- remedy: Rows of order_link are missing; restore them from the names in the order's matrix, or from a backup.
SELECT '' AS system, concat('order ', orders.id) AS place, 'no name leads to it' AS told
  FROM orders
 WHERE orders.id >= :from_order
   AND NOT EXISTS (SELECT FROM order_link WHERE order_link.order_id = orders.id)
 ORDER BY orders.id
 LIMIT :most
