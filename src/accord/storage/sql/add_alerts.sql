-- Note incidents that are new.
INSERT INTO alert (rule, key, what, figure, worst, noted_at, opened_at, seen_at, clear_since,
                   closed_at, told, told_at, told_figure, times)
SELECT rule, key, what, figure, worst, noted_at, opened_at, seen_at, clear_since,
       closed_at, told, told_at, told_figure, times
  FROM unnest(
           CAST(:rules AS text[]), CAST(:keys AS text[]), CAST(:whats AS text[]),
           CAST(:figures AS bigint[]), CAST(:worsts AS bigint[]), CAST(:noted_at AS timestamptz[]),
           CAST(:opened_at AS timestamptz[]), CAST(:seen_at AS timestamptz[]),
           CAST(:clear_since AS timestamptz[]), CAST(:closed_at AS timestamptz[]),
           CAST(:told AS text[]), CAST(:told_at AS timestamptz[]),
           CAST(:told_figures AS bigint[]), CAST(:times AS integer[])
       ) AS given (rule, key, what, figure, worst, noted_at, opened_at, seen_at, clear_since,
                   closed_at, told, told_at, told_figure, times)
