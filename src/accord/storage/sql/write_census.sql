-- Store how an hour stands; one that is finished is never written over.
UPDATE census
   SET state = :state, listed = :listed, held = :held, found = :found, tries = :tries, due = :due,
       asked_at = :asked_at, sentence = :sentence
 WHERE system = :system AND hour = :hour AND state IN ('open', 'holes')
RETURNING hour
