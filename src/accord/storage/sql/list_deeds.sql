-- What people did lately, newest first.
SELECT what, things, who, why, at FROM deed ORDER BY id DESC LIMIT :limit
