-- How many envelopes of each system stand where.
SELECT system, standing, count(*) AS envelopes FROM envelope GROUP BY system, standing
