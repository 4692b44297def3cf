-- Lease messages that are due, each under a new token: of each channel the oldest that it has not
-- taken, so that it hears things in their order; one that it refused :patience times gives way.
WITH due AS (
    SELECT id FROM alert_message
     WHERE sent_at IS NULL AND due <= CAST(:now AS timestamptz)
       AND NOT EXISTS (
           SELECT
             FROM alert_message AS older
            WHERE older.channel = alert_message.channel AND older.sent_at IS NULL
              AND older.id < alert_message.id AND older.tries < :patience
       )
     ORDER BY id
     LIMIT :limit
       FOR UPDATE
), leased AS (
    UPDATE alert_message
       SET due = CAST(:until AS timestamptz), token = nextval('task_token')
      FROM due
     WHERE alert_message.id = due.id
    RETURNING alert_message.*
)
SELECT id, token, channel, title, body, tries FROM leased ORDER BY id
