-- One notice by its number.
SELECT id, order_id, channel, stage, subject, names, state, why, came_about, noticed_at, message,
       token, tries, first_called_at, called_at, not_before, answer, content, who
  FROM notice
 WHERE id = :id
