-- Causes that many orders have: one fix settles them all.
UPDATE drift
   SET class = 'systemic'
 WHERE cleared_at IS NULL AND class = 'isolated' AND cause = ANY(CAST(:causes AS text[]))
