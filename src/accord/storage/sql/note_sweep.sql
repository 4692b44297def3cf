-- Store how far a sweep has come. One that has ended, or that somebody brought further, stays.
UPDATE sweep
   SET place = :place, step = :step, phase = :phase,
       phase_since = :phase_since, ended_at = :ended_at, read = :read,
       new = sweep.new + :fresh, reread = :reread, missed = :missed, holes = :holes,
       drifting = :drifting, asked = :asked, trouble = :trouble
 WHERE id = :id AND ended_at IS NULL AND sweep.place <= :place
   AND array_position(CAST(:phases AS text[]), sweep.phase)
       <= array_position(CAST(:phases AS text[]), :phase)
RETURNING *
