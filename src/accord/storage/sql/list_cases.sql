-- Cases that count: the open ones worst first, or the closed ones latest first.
SELECT cases.id, cases.order_id,
       (SELECT min(order_link.value)
          FROM order_link
         WHERE order_link.order_id = cases.order_id AND order_link.scope = 'number') AS number,
       cases.kind, cases.system, cases.subject, cases.what, cases.opened_at, cases.counts_from,
       cases.seen_at, cases.times, cases.closed_at, cases.closed_by, cases.why
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
 ORDER BY cases.closed_at DESC NULLS FIRST,
          array_position(CAST(:kinds AS text[]), CAST(cases.kind AS text)),
          cases.counts_from, cases.id
 LIMIT :limit
