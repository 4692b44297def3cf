-- A name we meant to give that leads to another order, if there is one.
SELECT given.scope, given.value
  FROM unnest(CAST(:scopes AS text[]), CAST(:values AS text[]), CAST(:orders AS bigint[]))
       AS given (scope, value, order_id)
  JOIN order_link ON order_link.value = given.value AND order_link.scope = given.scope
 WHERE order_link.order_id <> given.order_id AND given.scope <> 'external'
 ORDER BY given.scope COLLATE "C", given.value COLLATE "C"
 LIMIT 1
