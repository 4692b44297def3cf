-- Let nothing be written to a system; a pause that is there stays as it is.
WITH done AS (
    INSERT INTO pause (system, who, why, since)
    VALUES (:system, CAST(:who AS text), CAST(:why AS text), CAST(:at AS timestamptz))
        ON CONFLICT DO NOTHING
    RETURNING system
), noted AS (
    INSERT INTO deed (what, things, who, why, at)
    SELECT CAST(:what AS text), ARRAY[system], CAST(:who AS text), CAST(:why AS text), CAST(:at AS timestamptz) FROM done
)
SELECT system FROM done
