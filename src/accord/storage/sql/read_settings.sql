-- How the server is set.
SELECT name, setting FROM pg_settings WHERE name = ANY(CAST(:names AS text[])) ORDER BY name
