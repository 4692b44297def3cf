-- What a whole comparison did not find again is so no more.
UPDATE drift
   SET cleared_at = CAST(:now AS timestamptz)
 WHERE cleared_at IS NULL AND seen_at < CAST(:now AS timestamptz)
RETURNING id
