-- The newest hour of a system in the book.
SELECT max(hour) FROM census WHERE system = :system
