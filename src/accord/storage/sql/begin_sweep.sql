-- Begin a sweep, unless one of the same system is under way.
INSERT INTO sweep (system, occasion, since, until, place, step, phase, phase_since,
                   started_at, read, new,
                   reread, missed, holes, drifting, asked, trouble)
VALUES (:system, :occasion, :since, :until, :place, :step, :phase, :phase_since,
        :started_at, :read, :new,
        :reread, :missed, :holes, :drifting, :asked, :trouble)
    ON CONFLICT (system) WHERE ended_at IS NULL DO NOTHING
