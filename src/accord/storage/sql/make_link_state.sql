-- Begin with a link of which nothing is known yet.
INSERT INTO link_state (system) VALUES (:system) ON CONFLICT DO NOTHING
