-- How many repairs count against the cap: those found since a person last accepted what was found,
-- as long as nobody decided about them or they were let go lately. What led to most of them.
WITH counted AS (
    SELECT repair.why
      FROM repair
     WHERE repair.system = :system AND NOT repair.by_hand
       AND repair.found_at > coalesce(
           (SELECT max(deed.at) FROM deed WHERE deed.what = 'resumed' AND deed.things = ARRAY[CAST(:stopped AS varchar)]),
           '-infinity'
       )
       AND (
           repair.outcome IN ('waiting', 'held')
           OR (
               repair.outcome IN ('released', 'repaired', 'given_up')
               AND repair.decided_at > CAST(:since AS timestamptz)
           )
       )
)
SELECT why, count(*) AS repairs, CAST(sum(count(*)) OVER () AS bigint) AS every
  FROM counted
 GROUP BY why
 ORDER BY repairs DESC, why COLLATE "C"
 LIMIT 1
