-- Note that a sweep has orders read again.
INSERT INTO sampled (system, order_id, asked_at)
SELECT :system, orders.id, CAST(:now AS timestamptz)
  FROM orders
 WHERE orders.id = ANY(CAST(:orders AS bigint[]))
 ORDER BY orders.id
    ON CONFLICT (system, order_id) DO UPDATE SET asked_at = excluded.asked_at
