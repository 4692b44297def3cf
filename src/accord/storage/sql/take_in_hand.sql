-- Note which envelopes are in this hand, before any work. Whoever else noted one of them and does
-- not have it any more died or failed over it. Only the death of the server can lose the note, and
-- that says nothing against the envelopes: the commit need not wait for the disk.
WITH quick AS MATERIALIZED (
    SELECT set_config('synchronous_commit', 'off', true)
), forgiven AS (
    DELETE FROM in_hand WHERE id = ANY(CAST(:forgiven AS bigint[]))
), noted AS (
    INSERT INTO in_hand (envelopes, since)
    SELECT CAST(:envelopes AS bigint[]), now() FROM quick
    RETURNING id
)
SELECT noted.id,
       ARRAY(
           SELECT other.id
             FROM in_hand AS other
            WHERE other.envelopes && CAST(:envelopes AS bigint[])
              AND other.id <> ALL(CAST(:forgiven AS bigint[]))
       ) AS left_behind,
       EXISTS (
           SELECT FROM envelope
            WHERE standing = 'waiting' AND waits_scope IS NULL AND tries > 0
       ) AS has_suspects
  FROM noted
