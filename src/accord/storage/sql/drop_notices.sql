-- Store why notices that still wait will not be sent.
UPDATE notice
   SET state = 'suppressed', why = given.why, answer = given.answer
  FROM unnest(CAST(:ids AS bigint[]), CAST(:whys AS text[]), CAST(:answers AS text[]))
    AS given (id, why, answer)
 WHERE notice.id = given.id AND notice.state = 'waiting'
