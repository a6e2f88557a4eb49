"""The guard refuses what is more than was agreed: a bill that rises again after its dispute ended is the owner's to decide."""

from typing import ClassVar

from django.db import migrations

REFUSE = """
CREATE OR REPLACE FUNCTION refuse_collect(for_business uuid, about uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found record;
BEGIN
    -- FOR SHARE waits for a freeze that is under way, then reads what it wrote.
    SELECT frozen_at, left_reason, paused_reason, proof_owed_at, customer_id, balance, agreed_at_most INTO found FROM invoices_invoice
     WHERE business_id = for_business AND id = about FOR SHARE;
    IF found.frozen_at IS NOT NULL THEN
        RAISE EXCEPTION 'this invoice is frozen: nothing may collect on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_collect_while_frozen';
    END IF;
    IF found.paused_reason <> '' THEN
        RAISE EXCEPTION 'this invoice is paused: nothing may collect on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_collect_while_paused';
    END IF;
    IF found.left_reason IS NOT NULL AND found.left_reason <> 'your_decision' THEN
        RAISE EXCEPTION 'this invoice has left collection: nothing may collect on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_collect_after_leaving';
    END IF;
    IF found.balance > found.agreed_at_most THEN
        RAISE EXCEPTION 'more is open than was agreed on this invoice: nothing may collect on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_collect_beyond_what_was_agreed';
    END IF;
    -- 15 USC 1692g(b): the proof left after he asked for it, and did not come back.
    IF found.proof_owed_at IS NOT NULL AND EXISTS (
        SELECT 1 FROM invoices_customer c
         WHERE c.business_id = for_business AND c.id = found.customer_id AND c.kind <> 'business'
    ) AND NOT EXISTS (
        SELECT 1 FROM notifications_messageinvoice l
          JOIN notifications_message m ON m.business_id = l.business_id AND m.id = l.message_id
         WHERE l.business_id = for_business AND l.invoice_id = about
           AND m.letter = 'verification' AND m.status = 'sent' AND m.sent_at >= found.proof_owed_at
    ) THEN
        RAISE EXCEPTION 'the proof of this invoice was asked for in writing and not sent: nothing may collect on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_collect_before_verification';
    END IF;
END $$;
"""
AS_BEFORE = """
CREATE OR REPLACE FUNCTION refuse_collect(for_business uuid, about uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found record;
BEGIN
    -- FOR SHARE waits for a freeze that is under way, then reads what it wrote.
    SELECT frozen_at, left_reason, paused_reason, proof_owed_at, customer_id INTO found FROM invoices_invoice
     WHERE business_id = for_business AND id = about FOR SHARE;
    IF found.frozen_at IS NOT NULL THEN
        RAISE EXCEPTION 'this invoice is frozen: nothing may collect on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_collect_while_frozen';
    END IF;
    IF found.paused_reason <> '' THEN
        RAISE EXCEPTION 'this invoice is paused: nothing may collect on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_collect_while_paused';
    END IF;
    IF found.left_reason IS NOT NULL AND found.left_reason <> 'your_decision' THEN
        RAISE EXCEPTION 'this invoice has left collection: nothing may collect on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_collect_after_leaving';
    END IF;
    -- 15 USC 1692g(b): the proof left after he asked for it, and did not come back.
    IF found.proof_owed_at IS NOT NULL AND EXISTS (
        SELECT 1 FROM invoices_customer c
         WHERE c.business_id = for_business AND c.id = found.customer_id AND c.kind <> 'business'
    ) AND NOT EXISTS (
        SELECT 1 FROM notifications_messageinvoice l
          JOIN notifications_message m ON m.business_id = l.business_id AND m.id = l.message_id
         WHERE l.business_id = for_business AND l.invoice_id = about
           AND m.letter = 'verification' AND m.status = 'sent' AND m.sent_at >= found.proof_owed_at
    ) THEN
        RAISE EXCEPTION 'the proof of this invoice was asked for in writing and not sent: nothing may collect on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_collect_before_verification';
    END IF;
END $$;
"""
INDEX = "CREATE INDEX CONCURRENTLY invoices_agreed ON invoices_invoice (business_id) WHERE balance > agreed_at_most"


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("invoices", "0019_agreed_at_most")]
    operations: ClassVar = [
        migrations.RunSQL(REFUSE, AS_BEFORE),
        migrations.RunSQL(INDEX, "DROP INDEX CONCURRENTLY invoices_agreed"),
    ]
