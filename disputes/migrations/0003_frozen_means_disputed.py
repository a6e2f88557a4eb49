"""Frozen if and only if a dispute is live: judged at the end of each transaction that touches either side."""

from typing import ClassVar

from django.db import migrations

SQL = """
CREATE FUNCTION frozen_means_disputed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    about uuid := CASE WHEN TG_TABLE_NAME = 'invoices_invoice' THEN (to_jsonb(NEW) ->> 'id')::uuid
                       ELSE (to_jsonb(NEW) ->> 'invoice_id')::uuid END;
    frozen boolean;
    disputed boolean;
BEGIN
    SELECT frozen_at IS NOT NULL INTO frozen FROM invoices_invoice WHERE business_id = NEW.business_id AND id = about;
    SELECT EXISTS (SELECT 1 FROM disputes_dispute WHERE business_id = NEW.business_id AND invoice_id = about
                      AND closed_at IS NULL) INTO disputed;
    IF frozen IS DISTINCT FROM disputed THEN
        RAISE EXCEPTION 'an invoice is frozen exactly while a dispute about it is live'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen_means_disputed';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER frozen_means_disputed AFTER INSERT OR UPDATE OF frozen_at ON invoices_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION frozen_means_disputed();
CREATE CONSTRAINT TRIGGER disputed_means_frozen AFTER INSERT OR UPDATE OF closed_at, invoice_id ON disputes_dispute
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION frozen_means_disputed();
"""
UNDO = """
DROP TRIGGER disputed_means_frozen ON disputes_dispute;
DROP TRIGGER frozen_means_disputed ON invoices_invoice;
DROP FUNCTION frozen_means_disputed();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("disputes", "0002_isolation"), ("invoices", "0003_guard")]
    operations: ClassVar = [migrations.RunSQL(SQL, UNDO)]
