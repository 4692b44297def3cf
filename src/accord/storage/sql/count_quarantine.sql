-- How many envelopes are in quarantine for what was chosen.
SELECT count(DISTINCT envelope_id)
  FROM quarantine
 WHERE (NOT :is_listed OR envelope_id = ANY(CAST(:ids AS bigint[])))
   AND (:system = '' OR system = :system)
   AND (:reason = '' OR reason = :reason)
   AND (:record = '' OR record = :record)
   AND (NOT :has_word OR word = :word)
   AND (NOT :has_order OR names && CAST(:names AS varchar[]))
