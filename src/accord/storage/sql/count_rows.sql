-- How much there is: orders, changes of cells.
SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM history) AS history
