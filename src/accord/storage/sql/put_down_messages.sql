-- Put messages down, to be told at once; one that its channel had before stays as it is.
INSERT INTO alert_message (channel, key, title, body, made_at, due)
SELECT channel, key, title, body, CAST(:now AS timestamptz), CAST(:now AS timestamptz)
  FROM unnest(
           CAST(:channels AS text[]), CAST(:keys AS text[]), CAST(:titles AS text[]),
           CAST(:bodies AS text[])
       ) AS given (channel, key, title, body)
    ON CONFLICT (channel, key) DO NOTHING
