-- Whoever gives names may work beside others that do, but not beside one that is about to let an
-- envelope wait for a name: each would miss what the other has not committed yet.
SELECT pg_advisory_xact_lock_shared(4158216092)
