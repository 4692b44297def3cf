-- Orders that are there already, with the names and a part of the history that each would have.
WITH made AS (
    INSERT INTO orders (matrix, updated_at, shape)
    SELECT CAST(%(matrix)s AS json), now(), %(shape)s FROM generate_series(1, %(orders)s)
    RETURNING id
), named AS (
    INSERT INTO order_link (value, scope, order_id)
    SELECT CAST(%(first)s + made.id AS text), scope, made.id
      FROM made CROSS JOIN unnest(ARRAY['shop', 'books', 'number']) AS given (scope)
)
INSERT INTO history (order_id, system, track, subject, kind, word, state, said_at, evidence,
                     decided_at)
SELECT made.id, 'shop', track, 'order', track, 'open', 'open', now(), '0', now()
  FROM made CROSS JOIN unnest(ARRAY['order', 'payment']) AS given (track)
