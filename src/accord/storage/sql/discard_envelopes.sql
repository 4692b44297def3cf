-- Let envelopes in quarantine count as ignored, with who decided it and why on record.
WITH chosen AS MATERIALIZED (
    SELECT id
      FROM envelope
     WHERE id = ANY(CAST(:ids AS bigint[])) AND standing = 'quarantined'
     ORDER BY id
       FOR UPDATE
), done AS (
    UPDATE envelope
       SET standing = 'ignored',
           reason = concat('discarded by ', CAST(:who AS text), ': ', CAST(:why AS text), '; was set aside: ', reason),
           decided_at = CAST(:at AS timestamptz)
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
