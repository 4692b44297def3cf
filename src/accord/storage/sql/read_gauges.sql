-- What is looked at every minute: since when things wait, and since when nobody read the accord.
SELECT (SELECT received_at FROM envelope ORDER BY id LIMIT 1) AS first_received_at,
       (SELECT received_at FROM envelope
         WHERE standing = 'waiting' AND waits_scope IS NULL AND tries = 0
         ORDER BY id LIMIT 1) AS oldest_waiting_at,
       (SELECT max(at) FROM deed WHERE what = 'reviewed') AS reviewed_at,
       (SELECT max(opened_at) FROM alert WHERE rule <> 'review_due') AS last_alert_at
