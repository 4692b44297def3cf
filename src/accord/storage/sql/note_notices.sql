-- Add milestones to the ledger; one that is there already stands.
INSERT INTO notice (order_id, channel, stage, subject, names, state, why, came_about, noticed_at)
SELECT given.order_id, given.channel, given.stage, given.subject,
       ARRAY(SELECT json_array_elements_text(CAST(given.names AS json))),
       given.state, given.why, given.came_about, given.noticed_at
  FROM unnest(
           CAST(:orders AS bigint[]), CAST(:channels AS text[]), CAST(:stages AS text[]),
           CAST(:subjects AS text[]), CAST(:names AS text[]), CAST(:states AS text[]),
           CAST(:whys AS text[]), CAST(:came_about AS timestamptz[]),
           CAST(:noticed_at AS timestamptz[])
       ) WITH ORDINALITY AS given (order_id, channel, stage, subject, names, state, why,
                                   came_about, noticed_at, place)
 WHERE EXISTS (SELECT FROM orders WHERE orders.id = given.order_id)
 ORDER BY given.place
    ON CONFLICT (order_id, channel, stage, subject) DO NOTHING
