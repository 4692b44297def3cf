-- Open incidents, or the closed ones; latest first.
SELECT * FROM alert
 WHERE opened_at IS NOT NULL AND (closed_at IS NOT NULL) = :closed
 ORDER BY coalesce(closed_at, opened_at) DESC, id DESC
 LIMIT :limit
