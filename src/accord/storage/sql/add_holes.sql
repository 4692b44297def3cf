-- Name holes; one that has a name stays as it was found.
INSERT INTO census_hole (system, hour, identity, topic, name, was_there, found_at)
SELECT system, hour, identity, topic, name, was_there, found_at
  FROM unnest(
           CAST(:systems AS text[]), CAST(:hours AS timestamptz[]), CAST(:identities AS bytea[]),
           CAST(:topics AS text[]), CAST(:names AS text[]), CAST(:was_there AS boolean[]),
           CAST(:found_at AS timestamptz[])
       ) AS given (system, hour, identity, topic, name, was_there, found_at)
 ORDER BY system COLLATE "C", hour, identity
    ON CONFLICT (system, hour, identity) DO NOTHING
