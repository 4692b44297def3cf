-- Every subscription that should be there, by system and topic.
SELECT system, topic, own, seen_at, missing_since, made_again_at, trouble
  FROM subscription
 ORDER BY system, topic
