-- Note hooks that did not come; one that is noted already stays as it is.
INSERT INTO missed_hook (system, topic, hour, thing, said_at, came_at)
SELECT system, topic, hour, thing, said_at, came_at
  FROM unnest(
           CAST(:systems AS text[]), CAST(:topics AS text[]), CAST(:hours AS timestamptz[]),
           CAST(:things AS text[]), CAST(:said_at AS timestamptz[]), CAST(:came_at AS timestamptz[])
       ) AS given (system, topic, hour, thing, said_at, came_at)
 ORDER BY system COLLATE "C", topic COLLATE "C", hour, thing COLLATE "C"
    ON CONFLICT (system, topic, hour, thing) DO NOTHING
