-- Give orders their names; a name that is there already stays as it is.
INSERT INTO order_link (scope, value, order_id)
SELECT scope, value, order_id
  FROM unnest(CAST(:scopes AS text[]), CAST(:values AS text[]), CAST(:orders AS bigint[]))
       AS given (scope, value, order_id)
 ORDER BY value COLLATE "C", scope COLLATE "C", order_id
    ON CONFLICT DO NOTHING
RETURNING scope, value
