-- The facts of some orders, as the text they were written in.
SELECT id, CAST(matrix AS text) AS matrix, shape FROM orders WHERE id = ANY(CAST(:orders AS bigint[]))
