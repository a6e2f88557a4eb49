"""The fee ledger is append-only: a mistake or a refund is a line of its own."""

from typing import ClassVar

from django.db import migrations

SQL = """
CREATE FUNCTION fees_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'fee lines are never changed or deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'fees_append_only';
END $$;
CREATE TRIGGER fees_are_append_only BEFORE UPDATE OR DELETE ON billing_feeline
    FOR EACH ROW EXECUTE FUNCTION fees_are_append_only();
"""
UNDO = """
DROP TRIGGER fees_are_append_only ON billing_feeline;
DROP FUNCTION fees_are_append_only();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0002_isolation")]
    operations: ClassVar = [migrations.RunSQL(SQL, UNDO)]
