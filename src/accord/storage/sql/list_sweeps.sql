-- Sweeps of one system, or of all, newest first.
SELECT * FROM sweep WHERE :system = '' OR system = :system ORDER BY id DESC LIMIT :limit
