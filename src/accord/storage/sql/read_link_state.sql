-- What is known of one link.
SELECT CAST(breaker AS text) AS breaker, not_before, CAST(allowance AS text) AS allowance
  FROM link_state
 WHERE system = :system
