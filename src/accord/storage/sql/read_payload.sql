-- The bytes of one envelope.
SELECT topic, body FROM envelope WHERE id = :envelope
