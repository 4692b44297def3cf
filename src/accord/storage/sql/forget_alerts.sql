-- Forget incidents that cleared before anybody was called.
DELETE FROM alert WHERE id = ANY(CAST(:ids AS bigint[])) AND opened_at IS NULL
