-- Whether no repair at a system is under way, and none asked for. Asked far more often than any is.
SELECT NOT EXISTS (
           SELECT
             FROM repair
            WHERE system = :system AND outcome IN ('waiting', 'held', 'released')
       )
   AND NOT EXISTS (
           SELECT
             FROM task
            WHERE kind = 'propagate' AND system = :system AND repair AND NOT dead
       )
