-- Notices in some states, of one order if it is named, newest first.
SELECT id, order_id, channel, stage, subject, names, state, why, came_about, noticed_at, message,
       token, tries, first_called_at, called_at, not_before, answer, content, who
  FROM notice
 WHERE (NOT :is_limited OR state = ANY(CAST(:states AS text[])))
   AND (
       NOT :has_order
       OR order_id IN (SELECT order_id FROM order_link WHERE value = ANY(CAST(:names AS text[])))
   )
 ORDER BY id DESC
 LIMIT :limit
