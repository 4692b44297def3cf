-- Forget incidents that were over before a moment.
DELETE FROM alert WHERE closed_at < CAST(:before AS timestamptz)
