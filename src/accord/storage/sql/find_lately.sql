-- From which rows on a look at what is new begins.
SELECT (SELECT greatest(max(id) - :most, 0) FROM envelope) AS envelope,
       (SELECT greatest(max(id) - :most, 0) FROM orders) AS orders,
       (SELECT greatest(max(id) - :most, 0) FROM history) AS history,
       (SELECT greatest(max(id) - :most, 0) FROM attempt) AS attempt
