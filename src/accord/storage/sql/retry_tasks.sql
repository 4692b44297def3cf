-- Make tasks that were given up due at once, with who did it on record.
WITH chosen AS MATERIALIZED (
    SELECT id FROM task WHERE id = ANY(CAST(:ids AS bigint[])) AND dead ORDER BY id FOR UPDATE
), done AS (
    UPDATE task
       SET dead = false, failures = 0, due = CAST(:at AS timestamptz),
           asked_at = CAST(:at AS timestamptz), held_until = NULL
      FROM chosen
     WHERE task.id = chosen.id
    RETURNING task.id
), noted AS (
    INSERT INTO deed (what, things, who, why, at)
    SELECT CAST(:what AS text), array_agg(CAST(id AS varchar) ORDER BY id), CAST(:who AS text), CAST(:why AS text), CAST(:at AS timestamptz)
      FROM done
    HAVING count(*) > 0
)
SELECT id FROM done ORDER BY id
