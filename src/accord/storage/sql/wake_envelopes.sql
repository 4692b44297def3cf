-- Let envelopes be read again that waited for one of these names.
UPDATE envelope
   SET waits_scope = NULL, waits_value = NULL
  FROM unnest(CAST(:scopes AS text[]), CAST(:values AS text[])) AS given (scope, value)
 WHERE envelope.waits_scope = given.scope AND envelope.waits_value = given.value
