-- The sweep of a system that is under way.
SELECT * FROM sweep WHERE system = :system AND ended_at IS NULL
