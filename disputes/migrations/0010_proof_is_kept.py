"""What makes an invoice frozen, held or unproved is never deleted by the application, and no such row changes whose it is.

A link cut away would let a letter pass the guard as one about nothing; a dispute cut away would let its invoice thaw. The
owner of the schema may still delete: a business that left takes its rows along.
"""

from typing import ClassVar

from django.db import migrations

KEPT = (
    "disputes_dispute",
    "disputes_claim",
    "disputes_claimon",
    "invoices_hold",
    "compliance_suppression",
    "notifications_message",
    "notifications_messageinvoice",
    "calls_attempt",
    "calls_attemptinvoice",
)
SQL = """
CREATE FUNCTION proof_is_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RAISE EXCEPTION 'rows of % prove why nothing is collected: they are never deleted', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = 'proof_is_kept';
    END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION disputes_stay_where_they_are() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a dispute is about one invoice of one customer, and stays so'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'disputes_stay_where_they_are';
END $$;
CREATE TRIGGER disputes_stay_where_they_are BEFORE UPDATE OF invoice_id, customer_id ON disputes_dispute
    FOR EACH ROW WHEN (OLD.invoice_id <> NEW.invoice_id OR OLD.customer_id <> NEW.customer_id)
    EXECUTE FUNCTION disputes_stay_where_they_are();
"""
UNDO = """
DROP TRIGGER disputes_stay_where_they_are ON disputes_dispute;
DROP FUNCTION disputes_stay_where_they_are();
DROP FUNCTION proof_is_kept();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("disputes", "0009_inbound_mail_isolation"),
        ("calls", "0003_guard"),
        ("compliance", "0002_isolation"),
        ("invoices", "0003_guard"),
        ("notifications", "0003_guard"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(SQL, UNDO),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER proof_is_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION proof_is_kept()",
                f"DROP TRIGGER proof_is_kept ON {table}",
            )
            for table in KEPT
        ),
    ]
