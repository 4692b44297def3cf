-- Let these be all the subscriptions of one system.
WITH given AS (
    SELECT *
      FROM unnest(
               CAST(:topics AS text[]), CAST(:owns AS text[]), CAST(:seen_at AS timestamptz[]),
               CAST(:missing_since AS timestamptz[]), CAST(:made_again_at AS timestamptz[]),
               CAST(:troubles AS text[])
           ) AS given (topic, own, seen_at, missing_since, made_again_at, trouble)
), gone AS (
    DELETE FROM subscription
     WHERE system = :system AND topic <> ALL (CAST(:topics AS text[]))
)
INSERT INTO subscription (system, topic, own, seen_at, missing_since, made_again_at, trouble)
SELECT :system, topic, own, seen_at, missing_since, made_again_at, trouble
  FROM given
    ON CONFLICT (system, topic) DO UPDATE
   SET own = EXCLUDED.own,
       seen_at = EXCLUDED.seen_at,
       missing_since = EXCLUDED.missing_since,
       made_again_at = EXCLUDED.made_again_at,
       trouble = EXCLUDED.trouble
