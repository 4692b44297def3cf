-- Replace the facts of orders that are in our hand.
UPDATE orders
   SET matrix = CAST(given.matrix AS json),
       version = orders.version + 1,
       updated_at = coalesce(CAST(:now AS timestamptz), orders.updated_at),
       shape = given.shape,
       begun_at = least(orders.begun_at, given.begun_at)
  FROM unnest(CAST(:orders AS bigint[]), CAST(:matrices AS text[]), CAST(:shapes AS bytea[]),
              CAST(:begun AS timestamptz[])) AS given (id, matrix, shape, begun_at)
 WHERE orders.id = given.id
