-- Put hours down; those that are there stay as they are.
INSERT INTO census (system, hour, state, listed, held, found, tries, due, sentence)
SELECT system, hour, state, 0, 0, 0, 0, due, sentence
  FROM unnest(
           CAST(:systems AS text[]), CAST(:hours AS timestamptz[]), CAST(:states AS text[]),
           CAST(:dues AS timestamptz[]), CAST(:sentences AS text[])
       ) AS given (system, hour, state, due, sentence)
 ORDER BY system COLLATE "C", hour
    ON CONFLICT (system, hour) DO NOTHING
