-- Every shape with the number of its orders, and one of them. The index alone counts them.
WITH counted AS MATERIALIZED (
    SELECT shape, count(*) AS orders FROM orders GROUP BY shape
)
SELECT counted.shape, counted.orders, one.id, one.matrix
  FROM counted
 CROSS JOIN LATERAL (
    SELECT id, CAST(matrix AS text) AS matrix FROM orders WHERE shape = counted.shape LIMIT 1
 ) AS one
 ORDER BY counted.shape
