-- The server and its timeline: a dump restored elsewhere, a restore to a point in time and a
-- replica that took over each have another.
SELECT concat(system_identifier, '/', timeline_id)
  FROM pg_control_system(), pg_control_checkpoint()
