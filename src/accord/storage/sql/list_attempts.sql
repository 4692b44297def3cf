-- Every try of an action on one order, oldest first.
SELECT system, CAST(action AS text) AS action, CAST(outcome AS text) AS outcome, at, took
  FROM attempt
 WHERE order_id = :order
 ORDER BY id
