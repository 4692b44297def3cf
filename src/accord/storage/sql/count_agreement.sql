-- Add to how long it took until mirrors said what their owners say.
INSERT INTO agreement (system, track, at, step, mirrors)
SELECT system, track, at, step, mirrors
  FROM unnest(
           CAST(:systems AS text[]), CAST(:tracks AS text[]), CAST(:at AS timestamptz[]),
           CAST(:steps AS smallint[]), CAST(:mirrors AS bigint[])
       ) AS given (system, track, at, step, mirrors)
 ORDER BY system COLLATE "C", track COLLATE "C", at, step
    ON CONFLICT (system, track, at, step) DO UPDATE
   SET mirrors = agreement.mirrors + excluded.mirrors
