-- Words in no table, with the order that each speaks of where that is known.
SELECT DISTINCT ON (order_link.order_id, quarantine.system, quarantine.record, quarantine.word)
       order_link.order_id, quarantine.system, quarantine.record AS kind, quarantine.word,
       CAST(quarantine.envelope_id AS text) AS envelope, envelope.received_at AS since
  FROM quarantine
  JOIN envelope ON envelope.id = quarantine.envelope_id
  JOIN order_link ON order_link.value = ANY(quarantine.names)
                 AND order_link.scope IN (quarantine.system, 'number')
 WHERE quarantine.reason = 'unknown_word'
 ORDER BY order_link.order_id, quarantine.system, quarantine.record, quarantine.word,
          quarantine.envelope_id
