-- Add the cells that changed to what is kept for ever.
INSERT INTO history (order_id, system, track, subject, kind, word, state, said_at, happened_at,
                     evidence, decided_at)
SELECT given.*, CAST(:now AS timestamptz)
  FROM unnest(
           CAST(:orders AS bigint[]), CAST(:systems AS text[]), CAST(:tracks AS text[]),
           CAST(:subjects AS text[]), CAST(:kinds AS text[]), CAST(:words AS text[]),
           CAST(:states AS text[]), CAST(:said AS timestamptz[]),
           CAST(:happened AS timestamptz[]), CAST(:evidence AS text[])
       ) AS given
