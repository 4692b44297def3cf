-- One case, open or closed.
SELECT cases.id, cases.order_id,
       (SELECT min(order_link.value)
          FROM order_link
         WHERE order_link.order_id = cases.order_id AND order_link.scope = 'number') AS number,
       cases.kind, cases.system, cases.subject, cases.what, cases.opened_at, cases.counts_from,
       cases.seen_at, cases.times, cases.closed_at, cases.closed_by, cases.why
  FROM cases
 WHERE cases.id = :id
