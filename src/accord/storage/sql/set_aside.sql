-- Note why envelopes are in quarantine, in columns to select by.
INSERT INTO quarantine (envelope_id, place, system, reason, record, word, names, told)
SELECT envelope.id, given.place, envelope.system, given.reason, given.record, given.word,
       ARRAY(SELECT json_array_elements_text(CAST(given.names AS json))), CAST(given.told AS json)
  FROM unnest(
           CAST(:envelopes AS bigint[]), CAST(:places AS smallint[]), CAST(:reasons AS text[]),
           CAST(:records AS text[]), CAST(:words AS text[]), CAST(:names AS text[]),
           CAST(:told AS text[])
       ) AS given (envelope_id, place, reason, record, word, names, told)
  JOIN envelope ON envelope.id = given.envelope_id
