-- Lease messages that are due, oldest first, each under a new token.
WITH due AS (
    SELECT id FROM alert_message
     WHERE sent_at IS NULL AND due <= CAST(:now AS timestamptz)
     ORDER BY due, id
     LIMIT :limit
       FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE alert_message
       SET due = CAST(:until AS timestamptz), token = nextval('task_token')
      FROM due
     WHERE alert_message.id = due.id
    RETURNING alert_message.*
)
SELECT id, token, channel, title, body, tries FROM leased ORDER BY id
