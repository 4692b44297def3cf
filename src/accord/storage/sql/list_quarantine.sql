-- A page of the envelopes in quarantine for what was chosen, oldest first, with all their reasons.
SELECT envelope.id, envelope.system, envelope.topic, envelope.origin, envelope.received_at,
       envelope.decided_at,
       ARRAY(
           SELECT json_build_object('reason', every.told, 'names', every.names)::text
             FROM quarantine AS every
            WHERE every.envelope_id = envelope.id
            ORDER BY every.place
       ) AS objections
  FROM envelope
 WHERE envelope.id IN (
           SELECT DISTINCT envelope_id
             FROM quarantine
            WHERE envelope_id > :after
              AND (NOT :is_listed OR envelope_id = ANY(CAST(:ids AS bigint[])))
              AND (:system = '' OR system = :system)
              AND (:reason = '' OR reason = :reason)
              AND (:record = '' OR record = :record)
              AND (NOT :has_word OR word = :word)
              AND (NOT :has_order OR names && CAST(:names AS varchar[]))
            ORDER BY envelope_id
            LIMIT :limit
       )
 ORDER BY envelope.id
