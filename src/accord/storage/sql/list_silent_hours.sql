-- The hours in which nothing came where something was to be expected, newest first.
SELECT * FROM traffic_hour
 WHERE silent AND hour >= CAST(:since AS timestamptz)
 ORDER BY hour DESC, system, origin
