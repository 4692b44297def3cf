-- Add tries of actions to what is kept for ever.
INSERT INTO attempt (order_id, system, action_kind, outcome_kind, action, outcome, at, took)
SELECT order_id, system, action_kind, outcome_kind, CAST(action AS json), CAST(outcome AS json),
       at, took
  FROM unnest(
           CAST(:orders AS bigint[]), CAST(:systems AS text[]), CAST(:action_kinds AS text[]),
           CAST(:outcome_kinds AS text[]), CAST(:actions AS text[]), CAST(:outcomes AS text[]),
           CAST(:at AS timestamptz[]), CAST(:took AS interval[])
       ) AS given (order_id, system, action_kind, outcome_kind, action, outcome, at, took)
