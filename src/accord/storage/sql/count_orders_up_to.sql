-- How many orders are known, counted no further than is asked.
SELECT count(*) FROM (SELECT FROM orders LIMIT :most) AS known
