-- Let one repair be done because a person says so, with who did it on record.
WITH done AS (
    UPDATE repair
       SET by_hand = true, who = CAST(:who AS text), reason = CAST(:why AS text)
     WHERE order_id = :order AND system = :system AND outcome IN ('waiting', 'held')
    RETURNING id
), due AS (
    UPDATE task
       SET due = CAST(:at AS timestamptz)
     WHERE kind = 'propagate' AND key = CAST(:order AS text) AND system = :system
       AND repair AND leased_until IS NULL AND EXISTS (SELECT FROM done)
), noted AS (
    INSERT INTO deed (what, things, who, why, at)
    SELECT CAST(:what AS text), array_agg(CAST(id AS varchar)), CAST(:who AS text), CAST(:why AS text), CAST(:at AS timestamptz)
      FROM done
    HAVING count(*) > 0
)
SELECT id FROM done
