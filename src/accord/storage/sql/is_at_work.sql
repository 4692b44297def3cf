-- Whether work on an order at one of these mirrors has begun and is neither done nor given up. What
-- only waits for its time has asked for nothing that is not seen.
SELECT EXISTS (
    SELECT FROM task
     WHERE kind = 'propagate' AND system = ANY(CAST(:systems AS text[])) AND key = :key
       AND NOT dead
       AND (
           leased_until IS NOT NULL OR failures > 0 OR held_until IS NOT NULL
           OR doubt_until IS NOT NULL
       )
)
