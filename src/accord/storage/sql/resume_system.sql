-- Lift a pause.
WITH done AS (
    DELETE FROM pause WHERE system = :system RETURNING system
), noted AS (
    INSERT INTO deed (what, things, who, why, at)
    SELECT CAST(:what AS text), ARRAY[system], CAST(:who AS text), CAST(:why AS text), CAST(:at AS timestamptz) FROM done
)
SELECT system FROM done
