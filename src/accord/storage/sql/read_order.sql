-- The facts of one order.
SELECT id, CAST(matrix AS text) AS matrix, updated_at FROM orders WHERE id = :order
