-- What came about from a moment on.
SELECT (SELECT coalesce(sum(taken), 0)::bigint FROM door_count
         WHERE hour >= CAST(:since AS timestamptz)) AS received,
       (SELECT count(*) FROM cases WHERE opened_at >= CAST(:since AS timestamptz)) AS cases_opened,
       (SELECT count(*) FROM cases WHERE closed_at >= CAST(:since AS timestamptz)) AS cases_closed,
       (SELECT count(*) FROM alert WHERE opened_at >= CAST(:since AS timestamptz)) AS alerts_opened,
       (SELECT count(*) FROM alert WHERE closed_at >= CAST(:since AS timestamptz)) AS alerts_closed,
       (SELECT count(*) FROM repair
         WHERE outcome = 'repaired' AND ended_at >= CAST(:since AS timestamptz)) AS repairs_done
