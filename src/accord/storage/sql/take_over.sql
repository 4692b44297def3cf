-- Take these envelopes out of the notes of those who left them behind.
UPDATE in_hand
   SET envelopes = ARRAY(
           SELECT unnest(in_hand.envelopes) EXCEPT SELECT unnest(CAST(:envelopes AS bigint[]))
       )
 WHERE id = ANY(CAST(:left_behind AS bigint[]))
