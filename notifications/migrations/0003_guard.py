"""No `collect` message about a frozen invoice, on insert or on any move towards being sent; no purpose ever relabeled."""

from typing import ClassVar

from django.db import migrations

SQL = """
CREATE FUNCTION guard_message() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    link record;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.purpose <> OLD.purpose THEN
        RAISE EXCEPTION 'the purpose of a message never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'purpose_is_fixed';
    END IF;
    IF NEW.purpose = 'account' AND NEW.status IN ('draft', 'queued', 'sending') AND NOT EXISTS (
        SELECT 1 FROM accounts_membership WHERE business_id = NEW.business_id AND user_id = NEW.member_id) THEN
        RAISE EXCEPTION 'an account message goes to a member of the business only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_mail_to_members';
    END IF;
    IF NEW.purpose = 'collect' AND NEW.status IN ('queued', 'sending') THEN
        FOR link IN SELECT invoice_id FROM notifications_messageinvoice
                     WHERE business_id = NEW.business_id AND message_id = NEW.id ORDER BY invoice_id LOOP
            PERFORM refuse_collect(NEW.business_id, link.invoice_id);
        END LOOP;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_message BEFORE INSERT OR UPDATE OF status, purpose, member_id ON notifications_message
    FOR EACH ROW EXECUTE FUNCTION guard_message();

CREATE FUNCTION guard_message_link() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM notifications_message m WHERE m.business_id = NEW.business_id AND m.id = NEW.message_id
                  AND m.purpose = 'collect' AND m.status IN ('draft', 'queued', 'sending')) THEN
        PERFORM refuse_collect(NEW.business_id, NEW.invoice_id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_message_link BEFORE INSERT OR UPDATE ON notifications_messageinvoice
    FOR EACH ROW EXECUTE FUNCTION guard_message_link();
"""
UNDO = """
DROP TRIGGER guard_message_link ON notifications_messageinvoice;
DROP FUNCTION guard_message_link();
DROP TRIGGER guard_message ON notifications_message;
DROP FUNCTION guard_message();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("notifications", "0002_isolation"),
        ("invoices", "0003_guard"),
        ("accounts", "0001_initial"),
    ]
    operations: ClassVar = [migrations.RunSQL(SQL, UNDO)]
