-- To which systems nothing is written, and who said so.
SELECT system, who, why, since FROM pause ORDER BY system
