-- Which of these names lead to an order. One that several orders carry leads to none.
SELECT given.scope, given.value, min(order_link.order_id) AS order_id
  FROM unnest(CAST(:scopes AS text[]), CAST(:values AS text[])) AS given (scope, value)
  JOIN order_link ON order_link.value = given.value AND order_link.scope = given.scope
 GROUP BY given.scope, given.value
HAVING count(*) = 1
