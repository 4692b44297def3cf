-- Drifts: the open ones costliest first, or the cleared ones latest first.
SELECT drift.*,
       (SELECT min(order_link.value)
          FROM order_link
         WHERE order_link.order_id = drift.order_id AND order_link.scope = 'number') AS number
  FROM drift
 WHERE (cleared_at IS NOT NULL) = :cleared
   AND (:pattern = '' OR pattern = :pattern)
   AND (:system = '' OR system = :system)
   AND (:standing = '' OR class = :standing)
   AND (:cause = '' OR cause = :cause)
   AND (
       NOT :has_order
       OR order_id IN (SELECT order_id FROM order_link WHERE value = ANY(CAST(:names AS varchar[])))
   )
 ORDER BY cleared_at DESC NULLS FIRST, array_position(CAST(:patterns AS text[]), CAST(pattern AS text)),
          deadline, order_id, system, subject
 LIMIT :limit
