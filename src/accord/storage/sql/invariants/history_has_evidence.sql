-- Every change of a cell was read in an envelope of that system that is kept.
-- lane: interpreting
-- remedy: Envelopes are missing or were changed; restore them from a backup, and find out who removed them.
SELECT history.system AS system, concat('history ', history.id, ' of order ', history.order_id) AS place, concat('envelope ', history.evidence, ' of ', history.system, ' is not there') AS told
  FROM history
 WHERE history.id >= :from_history
   AND NOT EXISTS (
       SELECT
         FROM envelope
        WHERE envelope.id = CAST(history.evidence AS bigint) AND envelope.system = history.system
   )
 ORDER BY history.id
 LIMIT :most
