-- Envelopes that have waited for their order to be heard of since before a moment.
SELECT id, system, topic, received_at, waits_scope, waits_value
  FROM envelope
 WHERE waits_scope IS NOT NULL AND received_at < CAST(:before AS timestamptz)
 ORDER BY id
 LIMIT :limit
