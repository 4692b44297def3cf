-- Replace the facts of orders that are in our hand.
UPDATE orders
   SET matrix = CAST(given.matrix AS json),
       version = orders.version + 1,
       updated_at = coalesce(CAST(:now AS timestamptz), orders.updated_at)
  FROM unnest(CAST(:orders AS bigint[]), CAST(:matrices AS text[])) AS given (id, matrix)
 WHERE orders.id = given.id
