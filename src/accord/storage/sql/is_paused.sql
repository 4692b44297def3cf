-- Whether nothing may be written to a system for now.
SELECT EXISTS (SELECT FROM pause WHERE system = :system OR system = '*')
