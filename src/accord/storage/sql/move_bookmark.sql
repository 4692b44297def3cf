-- Leave the change feed of one system here.
INSERT INTO bookmark (system, position) VALUES (:system, :position)
    ON CONFLICT (system) DO UPDATE SET position = excluded.position
