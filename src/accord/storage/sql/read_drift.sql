-- One drift, open or cleared.
SELECT drift.*,
       (SELECT min(order_link.value)
          FROM order_link
         WHERE order_link.order_id = drift.order_id AND order_link.scope = 'number') AS number
  FROM drift
 WHERE drift.id = :id
