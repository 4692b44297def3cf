-- Make the cases of some orders, or of some orders at one system each, exactly those given: close
-- what is over, note what is still so, open what is new. What did not last is forgotten.
WITH scope AS (
    SELECT order_id, system
      FROM unnest(CAST(:scope_orders AS bigint[]), CAST(:scope_systems AS text[]))
        AS scope (order_id, system)
), given AS (
    SELECT *
      FROM unnest(
               CAST(:orders AS bigint[]), CAST(:case_kinds AS text[]), CAST(:systems AS text[]),
               CAST(:subjects AS text[]), CAST(:whats AS text[]), CAST(:afters AS interval[])
           ) AS given (order_id, kind, system, subject, what, after)
), gone AS (
    SELECT cases.id, cases.closed_at IS NULL AND cases.counts_from > :now AS is_forgotten
      FROM cases
     WHERE cases.holds
       AND cases.kind = ANY(CAST(:kinds AS text[]))
       AND EXISTS (
           SELECT 1
             FROM scope
            WHERE scope.order_id = cases.order_id AND scope.system IN ('', cases.system)
       )
       AND NOT EXISTS (
           SELECT 1
             FROM given
            WHERE (given.order_id, given.kind, given.system, given.subject)
                = (cases.order_id, cases.kind, cases.system, cases.subject)
       )
), forgotten AS (
    DELETE FROM cases USING gone WHERE cases.id = gone.id AND gone.is_forgotten
), closed AS (
    UPDATE cases
       SET holds = false,
           closed_at = coalesce(cases.closed_at, CAST(:now AS timestamptz)),
           why = CASE WHEN cases.closed_at IS NULL THEN 'it is so no more' ELSE cases.why END
      FROM gone
     WHERE cases.id = gone.id AND NOT gone.is_forgotten
), seen AS (
    -- What a person closed opens again only when it says something else than it did then.
    UPDATE cases
       SET seen_at = CAST(:now AS timestamptz),
           what = given.what,
           times = cases.times + CASE
               WHEN cases.closed_at IS NOT NULL AND cases.what <> given.what THEN 1 ELSE 0
           END,
           closed_by = CASE WHEN cases.what <> given.what THEN '' ELSE cases.closed_by END,
           why = CASE WHEN cases.what <> given.what THEN '' ELSE cases.why END,
           closed_at = CASE WHEN cases.what <> given.what THEN NULL ELSE cases.closed_at END
      FROM given
     WHERE cases.holds
       AND (given.order_id, given.kind, given.system, given.subject)
         = (cases.order_id, cases.kind, cases.system, cases.subject)
    RETURNING cases.order_id, cases.kind, cases.system, cases.subject
), fresh AS (
    SELECT given.*
      FROM given
     WHERE (given.order_id, given.kind, given.system, given.subject) NOT IN (
               SELECT order_id, kind, system, subject FROM seen
           )
), again AS (
    -- What comes and goes is one case, however often.
    SELECT DISTINCT ON (cases.order_id, cases.kind, cases.system, cases.subject)
           cases.id, fresh.*
      FROM fresh
      JOIN cases ON (cases.order_id, cases.kind, cases.system, cases.subject)
                  = (fresh.order_id, fresh.kind, fresh.system, fresh.subject)
     WHERE NOT cases.holds AND cases.closed_at > CAST(:lately AS timestamptz)
     ORDER BY cases.order_id, cases.kind, cases.system, cases.subject, cases.id DESC
), reopened AS (
    UPDATE cases
       SET holds = true, closed_at = NULL, closed_by = '', why = '', times = cases.times + 1,
           seen_at = CAST(:now AS timestamptz), what = again.what
      FROM again
     WHERE cases.id = again.id
)
INSERT INTO cases (order_id, kind, system, subject, what, opened_at, counts_from, seen_at)
SELECT order_id, kind, system, subject, what, CAST(:now AS timestamptz),
       CAST(:now AS timestamptz) + after, CAST(:now AS timestamptz)
  FROM fresh
 WHERE (order_id, kind, system, subject) NOT IN (
           SELECT order_id, kind, system, subject FROM again
       )
 ORDER BY order_id, kind, system, subject
    ON CONFLICT DO NOTHING
