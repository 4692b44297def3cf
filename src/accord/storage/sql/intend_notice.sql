-- Write down that a message is about to be sent, if all of its rows may be, and if this database
-- is the one we send from and knows of every send that is known outside of it.
WITH permitted AS (
    SELECT place
      FROM send_epoch
     WHERE id = :epoch AND sends >= :known AND cluster = :cluster AND stopped = ''
       FOR UPDATE
), free AS (
    SELECT notice.id
      FROM notice
     WHERE notice.id = ANY(CAST(:ids AS bigint[]))
       AND notice.token <= :token
       AND CASE
               WHEN :again THEN notice.state = 'ambiguous' AND notice.message = :message
               ELSE notice.state = 'waiting'
           END
       AND EXISTS (SELECT FROM permitted)
     ORDER BY notice.id
       FOR UPDATE
), whole AS (
    SELECT count(*) = cardinality(CAST(:ids AS bigint[])) AS is_so FROM free
), intended AS (
    UPDATE notice
       SET state = 'intent',
           message = :message,
           content = :content,
           token = :token,
           tries = notice.tries + 1,
           first_called_at = coalesce(notice.first_called_at, CAST(:at AS timestamptz)),
           called_at = CAST(:at AS timestamptz),
           not_before = NULL
      FROM free, whole
     WHERE notice.id = free.id AND whole.is_so
)
UPDATE send_epoch
   SET sends = sends + 1
  FROM permitted, whole
 WHERE send_epoch.place = permitted.place AND whole.is_so
RETURNING send_epoch.sends
