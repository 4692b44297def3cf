-- The orders of some shapes; with a time, those in which anything is at least so old.
SELECT id
  FROM orders
 WHERE shape = ANY(CAST(:shapes AS bytea[]))
   AND (CAST(:begun_before AS timestamptz) IS NULL OR begun_at <= CAST(:begun_before AS timestamptz))
