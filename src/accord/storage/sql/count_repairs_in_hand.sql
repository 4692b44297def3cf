-- How many repairs at a system were let go and are not seen to be done yet.
SELECT count(*) FROM repair WHERE system = :system AND outcome = 'released'
