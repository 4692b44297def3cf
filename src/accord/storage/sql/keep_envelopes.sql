-- Keep what was received; a copy of what is there is only counted. Numbers are given in the order
-- of arrival, which is told by place. Rows come and are written in the order of identity, so that
-- two commits never wait for each other in a circle; sorting them here would copy every body.
WITH number AS MATERIALIZED (
    SELECT array_agg(nextval(pg_get_serial_sequence('envelope', 'id'))) AS by_place
      FROM generate_series(1, cardinality(CAST(:places AS integer[])))
)
INSERT INTO envelope (id, system, topic, origin, identity, body, headers, received_at, copies)
SELECT number.by_place[one.place], one.system, one.topic, one.origin, one.identity, one.body,
       CAST(one.headers AS json), one.received_at, one.copies
  FROM number
 CROSS JOIN unnest(
           CAST(:places AS integer[]), CAST(:systems AS text[]), CAST(:topics AS text[]),
           CAST(:origins AS text[]), CAST(:identities AS bytea[]), CAST(:bodies AS bytea[]),
           CAST(:headers AS text[]), CAST(:received AS timestamptz[]), CAST(:copies AS integer[])
       ) AS one (place, system, topic, origin, identity, body, headers, received_at, copies)
    ON CONFLICT (system, identity) DO UPDATE SET copies = envelope.copies + excluded.copies + 1
RETURNING (xmax = 0) AS is_new
