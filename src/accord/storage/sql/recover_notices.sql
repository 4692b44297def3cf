-- What an earlier hand meant to send, and said no more about, may have been sent or not.
UPDATE notice
   SET state = 'ambiguous', answer = :answer
 WHERE order_id = :order AND state = 'intent' AND token < :token
RETURNING id
