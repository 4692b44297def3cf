-- Orders of which one system changed one cell again and again.
SELECT DISTINCT order_id
  FROM (
    SELECT order_id
      FROM history
     WHERE decided_at >= CAST(:since AS timestamptz) AND system = ANY(CAST(:systems AS text[]))
     GROUP BY order_id, system, track, subject
    HAVING count(*) >= :changes
  ) AS restless
