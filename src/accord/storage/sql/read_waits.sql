-- How long the newest of what was read had waited. They stand at the end of the table.
WITH newest AS (
    SELECT received_at, decided_at, standing FROM envelope ORDER BY id DESC LIMIT 20000
)
SELECT count(*) AS read,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY decided_at - received_at) AS p50,
       percentile_disc(0.99) WITHIN GROUP (ORDER BY decided_at - received_at) AS p99
  FROM newest
 WHERE decided_at >= CAST(:since AS timestamptz)
