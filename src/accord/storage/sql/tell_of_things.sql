-- Note since when customers are told of what; what is noted stays as it is.
UPDATE send_epoch
   SET things = CAST(CAST(:things AS jsonb) || CAST(things AS jsonb) AS json)
