-- Keep what was received; a copy of what is there is only counted. Numbers are given in the order
-- of arrival, rows are written in the order of identity, so that two commits never wait for each
-- other in a circle.
WITH given AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('envelope', 'id')) AS id, one.*
      FROM unnest(
               CAST(:systems AS text[]), CAST(:topics AS text[]), CAST(:origins AS text[]),
               CAST(:identities AS bytea[]), CAST(:bodies AS bytea[]), CAST(:headers AS text[]),
               CAST(:received AS timestamptz[]), CAST(:copies AS integer[])
           ) AS one (system, topic, origin, identity, body, headers, received_at, copies)
)
INSERT INTO envelope (id, system, topic, origin, identity, body, headers, received_at, copies)
SELECT id, system, topic, origin, identity, body, CAST(headers AS json), received_at, copies
  FROM given
 ORDER BY system COLLATE "C", identity
    ON CONFLICT (system, identity) DO UPDATE SET copies = envelope.copies + excluded.copies + 1
RETURNING (xmax = 0) AS is_new
