-- The other side of await_parking: alone, so that every name given so far can be seen.
SELECT pg_advisory_xact_lock(4158216092)
