-- Let incidents be as they are now.
UPDATE alert
   SET what = given.what, figure = given.figure, worst = given.worst,
       opened_at = given.opened_at, seen_at = given.seen_at, clear_since = given.clear_since,
       closed_at = given.closed_at, told = given.told, told_at = given.told_at,
       told_figure = given.told_figure, times = given.times
  FROM unnest(
           CAST(:ids AS bigint[]), CAST(:whats AS text[]), CAST(:figures AS bigint[]),
           CAST(:worsts AS bigint[]), CAST(:opened_at AS timestamptz[]),
           CAST(:seen_at AS timestamptz[]), CAST(:clear_since AS timestamptz[]),
           CAST(:closed_at AS timestamptz[]), CAST(:told AS text[]),
           CAST(:told_at AS timestamptz[]), CAST(:told_figures AS bigint[]),
           CAST(:times AS integer[])
       ) AS given (id, what, figure, worst, opened_at, seen_at, clear_since, closed_at, told,
                   told_at, told_figure, times)
 WHERE alert.id = given.id
