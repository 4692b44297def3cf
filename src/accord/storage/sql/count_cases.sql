-- How many cases count.
SELECT count(*)
  FROM cases
 WHERE (cases.closed_at IS NOT NULL) = :closed
   AND cases.counts_from <= CAST(:now AS timestamptz)
   AND (:kind = '' OR cases.kind = :kind)
   AND (:system = '' OR cases.system = :system)
   AND (
       NOT :has_order
       OR cases.order_id IN (
           SELECT order_link.order_id
             FROM order_link
            WHERE order_link.value = ANY(CAST(:names AS varchar[]))
       )
   )
