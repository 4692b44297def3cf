-- Messages that no channel has taken though it was tried, oldest first.
SELECT channel, title, made_at AS since, tries, why
  FROM alert_message
 WHERE sent_at IS NULL AND tries > 0
 ORDER BY made_at, id
 LIMIT :limit
