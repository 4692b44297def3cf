-- Add to how deliveries were answered in the hour that began at :hour.
INSERT INTO door_count (system, hour, taken, unproven, busy)
SELECT system, CAST(:hour AS timestamptz), taken, unproven, busy
  FROM unnest(
           CAST(:systems AS text[]), CAST(:taken AS bigint[]), CAST(:unproven AS bigint[]),
           CAST(:busy AS bigint[])
       ) AS given (system, taken, unproven, busy)
 ORDER BY system COLLATE "C"
    ON CONFLICT (system, hour) DO UPDATE
   SET taken = door_count.taken + excluded.taken,
       unproven = door_count.unproven + excluded.unproven,
       busy = door_count.busy + excluded.busy
