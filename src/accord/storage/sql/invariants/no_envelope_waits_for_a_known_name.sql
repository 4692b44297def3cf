-- No envelope waits for the name of an order that is known.
-- lane: interpreting
-- remedy: These would wait for ever: empty their columns waits_scope and waits_value, and report this as a fault of Accord.
SELECT '' AS system, concat('envelope ', envelope.id) AS place, concat('it waits for ', envelope.waits_scope, ' ', envelope.waits_value, ', which leads to order ', order_link.order_id) AS told
  FROM envelope
  JOIN order_link ON order_link.value = envelope.waits_value AND order_link.scope = envelope.waits_scope
 WHERE envelope.waits_scope IS NOT NULL
 ORDER BY envelope.id
 LIMIT :most
