-- Lock the oldest envelope over which a hand died or failed: it is read alone, so that it can
-- harm no other.
SELECT id, system, topic, origin, body, headers, received_at, tries
  FROM envelope
 WHERE standing = 'waiting' AND waits_scope IS NULL AND tries > 0
   AND NOT EXISTS (SELECT FROM pause WHERE system = '*interpreting')
 ORDER BY id
 LIMIT 1
   FOR UPDATE SKIP LOCKED
