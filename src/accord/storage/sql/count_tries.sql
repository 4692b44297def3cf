-- Count one more try of the envelopes in this hand for each hand that left them behind.
UPDATE envelope
   SET tries = least(envelope.tries + over.hands, 1000)
  FROM (
       SELECT one.envelope, count(*) AS hands
         FROM in_hand
        CROSS JOIN LATERAL unnest(in_hand.envelopes) AS one (envelope)
        WHERE in_hand.id = ANY(CAST(:left_behind AS bigint[]))
        GROUP BY one.envelope
       ) AS over
 WHERE envelope.id = over.envelope AND envelope.id = ANY(CAST(:envelopes AS bigint[]))
