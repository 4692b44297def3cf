-- A person says what became of a message of unknown outcome; the deed goes on record with it.
WITH meant AS (
    SELECT message FROM notice WHERE id = :id AND state = 'ambiguous'
), done AS (
    UPDATE notice
       SET state = CAST(:state AS text), who = CAST(:who AS text), not_before = NULL,
           why = CASE WHEN CAST(:state AS text) = 'suppressed' THEN 'by_hand' END,
           first_called_at = CASE WHEN CAST(:state AS text) = 'waiting' THEN NULL ELSE first_called_at END
      FROM meant
     WHERE notice.message = meant.message AND notice.state = 'ambiguous'
    RETURNING notice.id
), noted AS (
    INSERT INTO deed (what, things, who, why, at)
    SELECT CAST(:what AS text), array_agg(CAST(id AS text) ORDER BY id), CAST(:who AS text),
           CAST(:why AS text), CAST(:at AS timestamptz)
      FROM done
    HAVING count(*) > 0
)
SELECT id FROM done ORDER BY id
