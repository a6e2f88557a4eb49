"""The record is append-only: a line can be sealed once and nothing else; the fee ledger has the like of its own."""

from typing import ClassVar

from django.db import migrations

SQL = """
CREATE FUNCTION activity_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'activity is never deleted' USING ERRCODE = 'check_violation', CONSTRAINT = 'activity_append_only';
    END IF;
    IF OLD.hash IS NOT NULL
       OR (to_jsonb(NEW) - 'number' - 'hash' - 'previous_hash') <> (to_jsonb(OLD) - 'number' - 'hash' - 'previous_hash') THEN
        RAISE EXCEPTION 'activity is never changed' USING ERRCODE = 'check_violation', CONSTRAINT = 'activity_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER activity_is_append_only BEFORE UPDATE OR DELETE ON accounts_activityline
    FOR EACH ROW EXECUTE FUNCTION activity_is_append_only();
"""
UNDO = """
DROP TRIGGER activity_is_append_only ON accounts_activityline;
DROP FUNCTION activity_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0002_isolation")]
    operations: ClassVar = [migrations.RunSQL(SQL, UNDO)]
