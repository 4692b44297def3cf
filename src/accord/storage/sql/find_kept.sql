-- How envelopes of these identities stand.
SELECT identity, standing, origin, received_at
  FROM envelope
 WHERE system = :system AND identity = ANY(CAST(:identities AS bytea[]))
