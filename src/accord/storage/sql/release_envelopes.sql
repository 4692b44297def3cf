-- Put envelopes in quarantine back to waiting, with who did it on record. Of two hands at once the
-- second waits, and finds them no longer in quarantine.
WITH chosen AS MATERIALIZED (
    SELECT id
      FROM envelope
     WHERE id = ANY(CAST(:ids AS bigint[])) AND standing = 'quarantined'
     ORDER BY id
       FOR UPDATE
), done AS (
    UPDATE envelope
       SET standing = 'waiting', reason = '', decided_at = NULL, tries = 0
      FROM chosen
     WHERE envelope.id = chosen.id
    RETURNING envelope.id
), cleared AS (
    DELETE FROM quarantine USING chosen WHERE quarantine.envelope_id = chosen.id
), noted AS (
    INSERT INTO deed (what, things, who, why, at)
    SELECT CAST(:what AS text), array_agg(CAST(id AS varchar) ORDER BY id), CAST(:who AS text), CAST(:why AS text), CAST(:at AS timestamptz)
      FROM done
    HAVING count(*) > 0
)
SELECT id FROM done ORDER BY id
