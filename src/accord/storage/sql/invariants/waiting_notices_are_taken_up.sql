-- Every notice that waits, or is being sent, is work that somebody takes up.
-- lane: writing
-- remedy: These customers would never be told: report this as a fault of Accord, and tell them by hand.
SELECT 'notices' AS system, concat('notice ', notice.id) AS place, concat(notice.state, ', and its order ', notice.order_id, ' is nobody''s work') AS told
  FROM notice
 WHERE notice.state IN ('waiting', 'intent')
   AND NOT EXISTS (
       SELECT
         FROM task
        WHERE task.kind = 'notify' AND task.system = 'notices'
          AND task.key = CAST(notice.order_id AS text)
   )
 ORDER BY notice.id
 LIMIT :most
