-- How many notices are in which state.
SELECT state, count(*) AS notices FROM notice GROUP BY state
