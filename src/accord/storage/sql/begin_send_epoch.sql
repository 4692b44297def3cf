-- Begin the first epoch; one that is there stays.
INSERT INTO send_epoch (place, id, since, sends, cluster, former, things)
VALUES (1, :id, CAST(:since AS timestamptz), :sends, :cluster, '{}', '{}')
    ON CONFLICT DO NOTHING
