-- Open drifts by their cause, those of most orders first.
SELECT pattern, system, cause, class, count(DISTINCT order_id) AS orders,
       min(deadline) AS deadline, min(since) AS since
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
 GROUP BY pattern, system, cause, class
 ORDER BY count(DISTINCT order_id) DESC, array_position(CAST(:patterns AS text[]), CAST(pattern AS text)),
          system, cause, class
