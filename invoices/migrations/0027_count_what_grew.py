"""Whoever reads books in may have their tables counted, which only their owner can; those that grew, and nothing else."""

from typing import ClassVar

from django.db import migrations

# A sixth of the usual sample: enough to tell a key from a mark, and the reading waits for it.
COUNT = """
CREATE FUNCTION count_what_grew() RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET default_statistics_target = 20 AS $$
DECLARE
    grown record;
BEGIN
    FOR grown IN
        SELECT c.oid, c.relname, c.relpages FROM pg_catalog.pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname LIKE 'invoices\\_%'
           AND pg_relation_size(c.oid) > 3 * current_setting('block_size')::bigint * greatest(c.relpages, 1)
         ORDER BY c.relname
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I', grown.relname);
        IF (SELECT relpages FROM pg_catalog.pg_class WHERE oid = grown.oid) <> grown.relpages THEN
            RETURN NEXT grown.relname;
        END IF;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0026_turned_up")]
    operations: ClassVar = [migrations.RunSQL(COUNT, "DROP FUNCTION count_what_grew()")]
