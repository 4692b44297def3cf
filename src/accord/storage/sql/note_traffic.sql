-- Note how much came in an hour; one that is noted already stays as it is.
INSERT INTO traffic_hour (system, origin, hour, envelopes, usual, silent)
SELECT system, origin, hour, envelopes, usual, silent
  FROM unnest(
           CAST(:systems AS text[]), CAST(:origins AS text[]), CAST(:hours AS timestamptz[]),
           CAST(:envelopes AS integer[]), CAST(:usual AS integer[]), CAST(:silent AS boolean[])
       ) AS given (system, origin, hour, envelopes, usual, silent)
 ORDER BY system COLLATE "C", origin COLLATE "C", hour
    ON CONFLICT (system, origin, hour) DO NOTHING
