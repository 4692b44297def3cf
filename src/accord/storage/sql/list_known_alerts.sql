-- The incidents that are noted or open, and those closed after a moment.
SELECT * FROM alert
 WHERE closed_at IS NULL OR closed_at > CAST(:closed_after AS timestamptz)
 ORDER BY id
