-- What became of some envelopes, by who sent them and what their copies have in common.
SELECT envelope.system, envelope.identity, envelope.standing
  FROM unnest(CAST(:systems AS text[]), CAST(:identities AS bytea[])) AS given (system, identity)
  JOIN envelope ON envelope.system = given.system AND envelope.identity = given.identity
