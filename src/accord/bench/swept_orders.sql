-- Orders made of invented lives: each has its own ids, names and history, spread over two months.
CREATE TEMPORARY TABLE made AS
SELECT nextval(pg_get_serial_sequence('orders', 'id')) AS id, life.*,
       now() - (interval '60 days') * (1 - (:first + turn) / CAST(:orders AS double precision))
           AS at
  FROM generate_series(1, :portion) AS turn
  JOIN life ON life.place = CASE
           WHEN (:first + turn) % 100 = 0 THEN :healthy + ((:first + turn) / 100) % :drifting
           WHEN (:first + turn) % 200 = 1
               THEN :healthy + :drifting + ((:first + turn) / 200) % :following
           ELSE (:first + turn) % :healthy
       END;

INSERT INTO orders (id, matrix, updated_at, shape, begun_at)
SELECT id, CAST(replace(matrix, '@NO@', CAST(id AS text)) AS json),
       least(at, now() - interval '10 minutes'), shape, begun_at
  FROM made;

INSERT INTO history (order_id, system, track, subject, kind, word, state, said_at, happened_at,
                     evidence, decided_at)
SELECT made.id, told.system, told.track, replace(told.subject, '@NO@', CAST(made.id AS text)),
       told.kind, told.word, told.state, told.said_at, NULL, told.evidence,
       least(made.at, now() - interval '10 minutes')
  FROM made
 CROSS JOIN LATERAL json_to_recordset(made.told)
           AS told (system text, track text, subject text, kind text, word text, state text,
                    said_at timestamptz, evidence text);

INSERT INTO task (kind, system, key, due, asked_at)
SELECT 'propagate', follows, CAST(id AS text), now(), now() FROM made WHERE follows <> '';

INSERT INTO planted (order_id, pattern) SELECT id, drifts FROM made WHERE drifts <> '';

DROP TABLE made;
