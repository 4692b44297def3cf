-- The time that counts for every process on this database.
SELECT clock_timestamp()
