-- Remove the notes of hands that are empty, this one's among them.
DELETE FROM in_hand
 WHERE id = ANY(CAST(:hands AS bigint[])) AND (envelopes = '{}' OR id = :own)
