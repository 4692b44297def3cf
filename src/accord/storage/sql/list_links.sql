-- Every link that has mirrors to bring into step or has been heard of, with what waits for it.
-- Repairs are meant to wait, and count as no work that is late.
SELECT system, CAST(state.breaker AS text) AS breaker, state.not_before,
       CAST(state.allowance AS text) AS allowance,
       coalesce(work.waiting, 0) AS waiting, coalesce(work.urgent, 0) AS urgent,
       coalesce(work.dead, 0) AS dead, work.oldest
  FROM link_state AS state
  FULL JOIN (
       SELECT system,
              count(*) FILTER (
                  WHERE NOT dead AND NOT repair AND asked_at <= CAST(:now AS timestamptz)
              ) AS waiting,
              count(*) FILTER (
                  WHERE NOT dead AND urgent AND asked_at <= CAST(:now AS timestamptz)
              ) AS urgent,
              count(*) FILTER (WHERE dead) AS dead,
              min(asked_at) FILTER (
                  WHERE NOT dead AND NOT repair AND asked_at <= CAST(:now AS timestamptz)
              ) AS oldest
         FROM task
        WHERE kind = 'propagate'
        GROUP BY system
       ) AS work USING (system)
 ORDER BY system
