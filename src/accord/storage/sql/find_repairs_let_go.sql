-- The repairs at a system that were let go and are not seen to be done yet, oldest first.
SELECT repair.id, repair.order_id,
       (SELECT min(order_link.value)
          FROM order_link
         WHERE order_link.order_id = repair.order_id AND order_link.scope = 'number') AS number,
       repair.system, repair.found_at, repair.why, repair.outcome,
       CAST(repair.look AS text) AS look, CAST(repair.actions AS text) AS actions,
       repair.by_hand, repair.who, repair.reason, repair.decided_at, repair.ended_at
  FROM repair
 WHERE repair.system = :system AND repair.outcome = 'released'
 ORDER BY repair.id
