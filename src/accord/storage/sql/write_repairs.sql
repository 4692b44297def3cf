-- Store what became of repairs that nobody decided about until now.
UPDATE repair
   SET outcome = given.outcome, look = CAST(given.look AS json),
       actions = CAST(given.actions AS json), who = given.who, reason = given.reason,
       decided_at = given.decided_at, ended_at = given.ended_at
  FROM unnest(
           CAST(:ids AS bigint[]), CAST(:outcomes AS text[]), CAST(:looks AS text[]),
           CAST(:actions AS text[]), CAST(:whos AS text[]), CAST(:reasons AS text[]),
           CAST(:decided AS timestamptz[]), CAST(:ended AS timestamptz[])
       ) AS given (id, outcome, look, actions, who, reason, decided_at, ended_at)
 WHERE repair.id = given.id AND repair.outcome IN ('waiting', 'held')
