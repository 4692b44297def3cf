-- Lock the oldest envelopes beyond a place in the queue that can be read now and that nobody else
-- has in hand.
SELECT id, system, topic, origin, body, headers, received_at, tries
  FROM envelope
 WHERE standing = 'waiting' AND waits_scope IS NULL AND tries = 0
   AND id > :beyond
   AND NOT EXISTS (SELECT FROM pause WHERE system = '*interpreting')
 ORDER BY id
 LIMIT :limit
   FOR UPDATE SKIP LOCKED
