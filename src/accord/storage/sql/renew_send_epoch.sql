-- Begin a new epoch in the place of the one that is known, unless somebody did so first.
WITH done AS (
    UPDATE send_epoch
       SET id = :id, since = CAST(:since AS timestamptz), sends = :sends, cluster = :cluster,
           former = CAST(:former AS text[]), stopped = ''
     WHERE id = :ended
    RETURNING id
), noted AS (
    INSERT INTO deed (what, things, who, why, at)
    SELECT CAST(:what AS text), ARRAY['notices'], CAST(:who AS text), CAST(:why AS text),
           CAST(:at AS timestamptz)
      FROM done
)
SELECT id FROM done
