-- Whether all that was kept of a system up to a moment and can be interpreted is.
SELECT NOT EXISTS (
    SELECT
      FROM envelope
     WHERE standing = 'waiting' AND waits_scope IS NULL
       AND system = :system AND received_at <= CAST(:until AS timestamptz)
)
