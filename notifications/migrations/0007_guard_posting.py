"""A letter that asks for money and waits to be posted is a message like any other: ticking it as posted is its leaving."""

from typing import ClassVar

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION guard_message() RETURNS trigger
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
    IF NEW.purpose = 'collect' AND ({leaves}) THEN
        FOR link IN SELECT invoice_id FROM notifications_messageinvoice
                     WHERE business_id = NEW.business_id AND message_id = NEW.id ORDER BY invoice_id LOOP
            PERFORM refuse_collect(NEW.business_id, link.invoice_id);
        END LOOP;
    END IF;
    RETURN NEW;
END $$;
"""
MAIL = "NEW.status IN ('queued', 'sending')"
PAPER = "(TG_OP = 'UPDATE' AND OLD.status = 'draft' AND NEW.status = 'sent')"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("notifications", "0006_texts"), ("invoices", "0023_payment_plans")]
    operations: ClassVar = [
        migrations.RunSQL(
            GUARD.replace("{leaves}", f"{MAIL} OR {PAPER}"),
            GUARD.replace("{leaves}", MAIL),
        )
    ]
