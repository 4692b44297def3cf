-- Note that a channel took a message.
UPDATE alert_message SET sent_at = CAST(:now AS timestamptz), why = ''
 WHERE id = :id AND token = :token AND sent_at IS NULL
