-- Where the change feed of one system was left.
SELECT position FROM bookmark WHERE system = :system
