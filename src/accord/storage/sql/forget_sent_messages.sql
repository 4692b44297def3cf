-- Forget messages that were taken before a moment.
DELETE FROM alert_message WHERE sent_at < CAST(:before AS timestamptz)
