-- How many orders there are, and on how many the last comparison found systems out of step that had
-- had their time; a stage that lasts is another matter.
SELECT (SELECT count(*) FROM orders) AS orders,
       (SELECT count(DISTINCT order_id) FROM drift
         WHERE cleared_at IS NULL AND class <> 'in_flight' AND pattern <> 'stalled_stage') AS drifting
