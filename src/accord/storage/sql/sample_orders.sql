-- The newest orders that a system knows, with the last time a sweep had them read again there.
SELECT orders.id, CAST(orders.matrix AS text) AS matrix, orders.updated_at, sampled.asked_at
  FROM orders
  LEFT JOIN sampled ON sampled.system = :system AND sampled.order_id = orders.id
 WHERE EXISTS (
           SELECT FROM order_link
            WHERE order_link.order_id = orders.id AND order_link.scope = :system
       )
 ORDER BY orders.id DESC
 LIMIT :limit
