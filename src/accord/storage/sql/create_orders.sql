-- Make orders; answer their numbers in the order in which they were given.
WITH given AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('orders', 'id')) AS id, one.*
      FROM unnest(CAST(:matrices AS text[]), CAST(:shapes AS bytea[]),
                  CAST(:begun AS timestamptz[]))
           WITH ORDINALITY AS one (matrix, shape, begun_at, place)
), made AS (
    INSERT INTO orders (id, matrix, updated_at, shape, begun_at)
    SELECT id, CAST(matrix AS json), CAST(:now AS timestamptz), shape, begun_at FROM given
)
SELECT id FROM given ORDER BY place
