-- How deliveries of each system were answered since :since, and in the weeks before that.
SELECT system,
       coalesce(sum(taken) FILTER (WHERE hour >= CAST(:since AS timestamptz)), 0)::bigint AS taken,
       coalesce(sum(unproven + busy) FILTER (WHERE hour >= CAST(:since AS timestamptz)), 0)::bigint
           AS refused,
       coalesce(sum(taken) FILTER (WHERE hour < CAST(:since AS timestamptz)), 0)::bigint
           AS usually_taken,
       coalesce(sum(unproven + busy) FILTER (WHERE hour < CAST(:since AS timestamptz)), 0)::bigint
           AS usually_refused
  FROM door_count
 WHERE hour >= CAST(:from AS timestamptz)
 GROUP BY system
 ORDER BY system
