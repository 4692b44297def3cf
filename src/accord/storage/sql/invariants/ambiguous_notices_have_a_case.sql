-- Every message of unknown outcome is looked at again, or on somebody's list.
-- lane: writing
-- remedy: Nobody would ask about these: settle them with accord notices resolve, and report this as a fault of Accord.
SELECT 'notices' AS system, concat('notice ', notice.id) AS place, 'ambiguous, nobody''s work and in no case' AS told
  FROM notice
 WHERE notice.state = 'ambiguous'
   AND NOT EXISTS (
       SELECT
         FROM task
        WHERE task.kind = 'notify' AND task.system = 'notices'
          AND task.key = CAST(notice.order_id AS text)
   )
   AND NOT EXISTS (
       SELECT
         FROM cases
        WHERE cases.order_id = notice.order_id AND cases.kind = 'notice_ambiguous'
          AND cases.holds
   )
 ORDER BY notice.id
 LIMIT :most
