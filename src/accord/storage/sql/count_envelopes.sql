-- How many envelopes came on which way.
SELECT origin, count(*) AS envelopes FROM envelope GROUP BY origin
