-- Keep what was found out of step: each has one row, and what came back is found again.
INSERT INTO drift (order_id, pattern, system, subject, track, what, cause, class, evidence, since,
                   deadline, found_at, seen_at)
SELECT given.order_id, given.pattern, given.system, given.subject, given.track, given.what,
       given.cause, given.class, ARRAY(SELECT json_array_elements_text(CAST(given.evidence AS json))),
       given.since, given.deadline, CAST(:now AS timestamptz), CAST(:now AS timestamptz)
  FROM unnest(
           CAST(:orders AS bigint[]), CAST(:patterns AS text[]), CAST(:systems AS text[]),
           CAST(:subjects AS text[]), CAST(:tracks AS text[]), CAST(:whats AS text[]),
           CAST(:causes AS text[]), CAST(:classes AS text[]), CAST(:evidences AS text[]),
           CAST(:sinces AS timestamptz[]), CAST(:deadlines AS timestamptz[])
       ) AS given (order_id, pattern, system, subject, track, what, cause, class, evidence, since,
                   deadline)
 ORDER BY given.order_id, given.pattern, given.system, given.subject
    ON CONFLICT (order_id, pattern, system, subject) DO UPDATE
   SET track = excluded.track, what = excluded.what, cause = excluded.cause,
       class = excluded.class, evidence = excluded.evidence, since = excluded.since,
       deadline = excluded.deadline, seen_at = excluded.seen_at, cleared_at = NULL,
       times = drift.times + CASE WHEN drift.cleared_at IS NULL THEN 0 ELSE 1 END,
       found_at = CASE WHEN drift.cleared_at IS NULL THEN drift.found_at ELSE excluded.found_at END
