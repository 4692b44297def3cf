-- Close an open case, with who did it on record.
WITH done AS (
    UPDATE cases
       SET closed_at = CAST(:at AS timestamptz), closed_by = CAST(:who AS text),
           why = CAST(:why AS text)
     WHERE id = :id AND closed_at IS NULL
    RETURNING id, order_id
), noted AS (
    INSERT INTO deed (what, things, who, why, at)
    SELECT CAST(:what AS text), ARRAY[CAST(id AS varchar)], CAST(:who AS text),
           CAST(:why AS text), CAST(:at AS timestamptz)
      FROM done
)
SELECT order_id FROM done
