-- Keep what is known of one link by now.
UPDATE link_state
   SET breaker = CAST(:breaker AS json),
       not_before = CAST(:not_before AS timestamptz),
       allowance = CAST(CAST(:allowance AS text) AS json)
 WHERE system = :system
