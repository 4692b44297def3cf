-- Store what came of a call. That it was sent is so whoever says it; anything else counts only from
-- the hand that wrote the intent last.
UPDATE notice
   SET state = CAST(:state AS text),
       answer = :answer,
       not_before = CAST(:not_before AS timestamptz),
       first_called_at = CASE WHEN CAST(:state AS text) = 'waiting' THEN NULL ELSE first_called_at END
 WHERE message = :message
   AND (
       (state = 'intent' AND token = :token)
       OR (CAST(:state AS text) = 'sent' AND state IN ('intent', 'ambiguous'))
   )
RETURNING id
