-- Write down what became of envelopes. One that would wait for a name that is there by now
-- can be read at once.
WITH given AS (
    SELECT one.*,
           one.waits_value IS NOT NULL AND EXISTS (
               SELECT FROM order_link
                WHERE order_link.value = one.waits_value AND order_link.scope = one.waits_scope
           ) AS is_linked
      FROM unnest(
               CAST(:envelopes AS bigint[]), CAST(:standings AS text[]), CAST(:reasons AS text[]),
               CAST(:waits_scopes AS text[]), CAST(:waits_values AS text[])
           ) AS one (id, standing, reason, waits_scope, waits_value)
)
UPDATE envelope
   SET standing = given.standing,
       reason = given.reason,
       decided_at = CAST(:now AS timestamptz),
       tries = 0,
       waits_scope = CASE WHEN NOT given.is_linked THEN given.waits_scope END,
       waits_value = CASE WHEN NOT given.is_linked THEN given.waits_value END
  FROM given
 WHERE envelope.id = given.id
