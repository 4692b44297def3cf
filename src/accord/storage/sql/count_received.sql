-- How many envelopes of a system were received in a time, by the way they came.
SELECT origin, count(*) AS envelopes
  FROM envelope
 WHERE received_at >= CAST(:since AS timestamptz) AND received_at < CAST(:until AS timestamptz)
   AND system = :system
 GROUP BY origin
