-- When the next task falls due: one in nobody's hands at its time, a leased one when its lease ends.
SELECT least(
           (SELECT min(due) FROM task WHERE NOT dead AND leased_until IS NULL),
           (SELECT min(greatest(due, leased_until)) FROM task WHERE leased_until IS NOT NULL)
       ) AS due
