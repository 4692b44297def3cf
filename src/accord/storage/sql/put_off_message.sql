-- Note that a channel did not take a message, and when to try again.
UPDATE alert_message
   SET due = CAST(:until AS timestamptz), tries = tries + 1, why = CAST(:why AS text)
 WHERE id = :id AND token = :token AND sent_at IS NULL
