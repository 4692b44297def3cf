-- How many tries of which action at which mirror ended how.
SELECT system, action_kind, outcome_kind, count(*) AS attempts
  FROM attempt
 GROUP BY system, action_kind, outcome_kind
