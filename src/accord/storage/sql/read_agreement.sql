-- How long it took until mirrors said what their owners say, from a moment on.
SELECT system, track, step, CAST(sum(mirrors) AS bigint) AS mirrors
  FROM agreement
 WHERE at >= CAST(:since AS timestamptz)
 GROUP BY system, track, step
