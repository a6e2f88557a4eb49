"""The last line of the freeze: the database itself refuses `collect` work about an invoice that may not be collected on."""

from typing import ClassVar

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_collect(for_business uuid, about uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found record;
BEGIN
    -- FOR SHARE waits for a freeze that is under way, then reads what it wrote.
    SELECT frozen_at, left_reason INTO found FROM invoices_invoice
     WHERE business_id = for_business AND id = about FOR SHARE;
    IF found.frozen_at IS NOT NULL THEN
        RAISE EXCEPTION 'this invoice is frozen: nothing may collect on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_collect_while_frozen';
    END IF;
    IF found.left_reason IS NOT NULL AND found.left_reason <> 'your_decision' THEN
        RAISE EXCEPTION 'this invoice has left collection: nothing may collect on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_collect_after_leaving';
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION refuse_collect(uuid, uuid) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0002_isolation")]
    operations: ClassVar = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION refuse_collect(uuid, uuid)"),
    ]
