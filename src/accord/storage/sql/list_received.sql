-- What came of a system by some ways in a time, in its order. The time is looked up first: by
-- number alone all that came before would be gone through.
WITH found AS MATERIALIZED (
    SELECT id
      FROM envelope
     WHERE received_at >= CAST(:since AS timestamptz) AND received_at < CAST(:until AS timestamptz)
       AND system = :system AND origin = ANY(CAST(:ways AS text[])) AND id > :after
)
SELECT id, system, topic, origin, body, headers, received_at, tries
  FROM envelope
 WHERE id IN (SELECT id FROM found ORDER BY id LIMIT :limit)
 ORDER BY id
