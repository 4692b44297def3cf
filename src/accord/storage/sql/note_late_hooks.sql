-- Note when hooks came after all.
UPDATE missed_hook
   SET came_at = given.came_at
  FROM unnest(
           CAST(:systems AS text[]), CAST(:topics AS text[]), CAST(:hours AS timestamptz[]),
           CAST(:things AS text[]), CAST(:said_at AS timestamptz[]), CAST(:came_at AS timestamptz[])
       ) AS given (system, topic, hour, thing, said_at, came_at)
 WHERE missed_hook.system = given.system AND missed_hook.topic = given.topic
   AND missed_hook.hour = given.hour AND missed_hook.thing = given.thing
   AND missed_hook.came_at IS NULL
