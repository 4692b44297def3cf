-- How many orders are out of step at each system and had their time; a stage that lasts is another
-- matter.
SELECT system, count(DISTINCT order_id) AS orders
  FROM drift
 WHERE cleared_at IS NULL AND class <> 'in_flight' AND pattern <> 'stalled_stage'
 GROUP BY system
 ORDER BY system COLLATE "C"
