-- Every hole of one hour, with how the envelope stands that fills it.
SELECT census_hole.*, envelope.standing, envelope.reason
  FROM census_hole
  LEFT JOIN envelope
    ON envelope.system = census_hole.system AND envelope.identity = census_hole.identity
 WHERE census_hole.system = :system AND census_hole.hour = CAST(:hour AS timestamptz)
 ORDER BY census_hole.found_at, census_hole.identity
