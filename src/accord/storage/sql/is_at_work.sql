-- Whether work on an order at one of these mirrors has begun and is not over. What only waits for its
-- time has asked for nothing that is not seen; what was given up in doubt may have.
SELECT EXISTS (
    SELECT FROM task
     WHERE kind = 'propagate' AND system = ANY(CAST(:systems AS text[])) AND key = :key
       AND (
           doubt_until IS NOT NULL
           OR NOT dead AND (leased_until IS NOT NULL OR failures > 0 OR held_until IS NOT NULL)
       )
)
