-- Forget how long mirrors took in slices of time before a moment.
DELETE FROM agreement WHERE at < CAST(:before AS timestamptz)
