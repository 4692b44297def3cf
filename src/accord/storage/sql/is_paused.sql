-- Whether there is a pause of exactly this name.
SELECT EXISTS (SELECT FROM pause WHERE system = :system)
