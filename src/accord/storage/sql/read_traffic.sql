-- What was noted of these hours.
SELECT hour, envelopes
  FROM traffic_hour
 WHERE system = :system AND origin = :origin AND hour = ANY(CAST(:hours AS timestamptz[]))
