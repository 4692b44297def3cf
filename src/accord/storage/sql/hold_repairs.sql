-- Put repairs down as held: there were too many, and nobody decided about them until now.
UPDATE repair
   SET outcome = 'held', actions = CAST(given.actions AS json)
  FROM unnest(CAST(:ids AS bigint[]), CAST(:actions AS text[])) AS given (id, actions)
 WHERE repair.id = given.id AND repair.outcome = 'waiting'
RETURNING repair.order_id
