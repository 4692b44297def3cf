-- The holes that nothing has settled; only hours that are not finished have any.
SELECT census_hole.*, envelope.standing, envelope.reason
  FROM census
  JOIN census_hole ON census_hole.system = census.system AND census_hole.hour = census.hour
  LEFT JOIN envelope
    ON envelope.system = census_hole.system AND envelope.identity = census_hole.identity
 WHERE census.state IN ('open', 'holes')
   AND (:system = '' OR census.system = :system)
   AND (CAST(:since AS timestamptz) IS NULL OR census.hour >= CAST(:since AS timestamptz))
   AND (CAST(:until AS timestamptz) IS NULL OR census.hour < CAST(:until AS timestamptz))
   AND (envelope.standing IS NULL OR envelope.standing IN ('waiting', 'quarantined'))
 ORDER BY census_hole.hour, census_hole.system, census_hole.found_at, census_hole.identity
