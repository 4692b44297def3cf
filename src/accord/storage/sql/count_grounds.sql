-- How many envelopes are in quarantine for which reason.
SELECT system, reason, record, word, count(DISTINCT envelope_id) AS envelopes
  FROM quarantine
 GROUP BY system, reason, record, word
 ORDER BY system, reason, record, word
