-- Make orders; answer their numbers in the order in which they were given.
WITH given AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('orders', 'id')) AS id, one.matrix, one.place
      FROM unnest(CAST(:matrices AS text[])) WITH ORDINALITY AS one (matrix, place)
), made AS (
    INSERT INTO orders (id, matrix, updated_at)
    SELECT id, CAST(matrix AS json), CAST(:now AS timestamptz) FROM given
)
SELECT id FROM given ORDER BY place
