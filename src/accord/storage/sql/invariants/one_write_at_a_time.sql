-- No two actions on one order were under way at one mirror at the same time.
-- The clocks of two processes may be a moment apart: less than a second of it is not seen.
-- lane: writing
-- remedy: Two workers acted on one lease; see that all processes share this database and nothing stops them for minutes, compare the order with its mirror, then resume.
SELECT next.system AS system, concat('order ', next.order_id, ', attempt ', next.id) AS place, concat(next.action_kind, ' began ', next.at, ' while the one before ended ', next.ended) AS told
  FROM (
       SELECT id, order_id, system, action_kind, at,
              lag(at + took) OVER (PARTITION BY order_id, system ORDER BY at, id) AS ended
         FROM attempt
        WHERE id >= :from_attempt
       ) AS next
 WHERE next.at + interval '1 second' < next.ended
 ORDER BY next.id
 LIMIT :most
