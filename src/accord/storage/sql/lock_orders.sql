-- Take these orders in hand, always in the order of their numbers, so that two hands never wait
-- for each other in a circle.
SELECT id FROM orders WHERE id = ANY(CAST(:orders AS bigint[])) ORDER BY id FOR UPDATE
