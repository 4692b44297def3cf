-- Every envelope in quarantine has a reason, and no other has one.
-- lane: interpreting
-- remedy: Compare the tables envelope and quarantine for the envelopes named here; release them with accord quarantine release, so that they are read again.
SELECT '' AS system, concat('envelope ', envelope.id) AS place, concat('it stands as ', envelope.standing, ' and has ', count(quarantine.place), ' reasons') AS told
  FROM envelope
  LEFT JOIN quarantine ON quarantine.envelope_id = envelope.id
 WHERE envelope.id >= :from_envelope
   AND (envelope.standing = 'quarantined') <> (quarantine.envelope_id IS NOT NULL)
 GROUP BY envelope.id
 ORDER BY envelope.id
 LIMIT :most
