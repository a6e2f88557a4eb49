"""Row level security for paying by card, and the guard: no page that collects on a frozen invoice, however it is asked for.

On insert, on every move into a state in which somebody may pay, and on the link to the invoice; ``FOR SHARE`` waits for a
freeze that is not committed yet. A page never changes what it is for. A disputed invoice is never paid together with
another one by one payment (15 USC 1692h).
"""

from typing import ClassVar

from django.db import migrations

from syntharra.tenancy import isolate, same_business

GUARD = """
CREATE FUNCTION guard_checkout() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    link record;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.purpose <> OLD.purpose THEN
        RAISE EXCEPTION 'the purpose of a page to pay on never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'purpose_is_fixed';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'paid' AND NEW.status <> 'paid' THEN
        RAISE EXCEPTION 'what was paid on stays paid on'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paid_is_paid';
    END IF;
    IF NEW.purpose = 'collect' AND NEW.status IN ('asked', 'open') THEN
        FOR link IN SELECT invoice_id FROM invoices_checkoutinvoice
                     WHERE business_id = NEW.business_id AND checkout_id = NEW.id ORDER BY invoice_id LOOP
            PERFORM refuse_collect(NEW.business_id, link.invoice_id);
        END LOOP;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_checkout BEFORE INSERT OR UPDATE OF status, purpose ON invoices_checkout
    FOR EACH ROW EXECUTE FUNCTION guard_checkout();

CREATE FUNCTION guard_checkout_invoice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    page record;
    frozen integer;
    together integer;
BEGIN
    SELECT purpose, status INTO page FROM invoices_checkout
     WHERE business_id = NEW.business_id AND id = NEW.checkout_id;
    IF page.purpose = 'collect' AND page.status IN ('asked', 'open') THEN
        PERFORM refuse_collect(NEW.business_id, NEW.invoice_id);
    END IF;
    IF page.status IN ('asked', 'open') THEN
        PERFORM 1 FROM invoices_invoice WHERE business_id = NEW.business_id AND id = NEW.invoice_id FOR SHARE;
        SELECT count(*), count(i.frozen_at) INTO together, frozen FROM invoices_invoice i
         WHERE i.business_id = NEW.business_id AND (i.id = NEW.invoice_id OR i.id IN (
               SELECT invoice_id FROM invoices_checkoutinvoice
                WHERE business_id = NEW.business_id AND checkout_id = NEW.checkout_id AND id <> NEW.id));
        IF together > 1 AND frozen > 0 THEN
            RAISE EXCEPTION 'a disputed invoice is not paid together with others'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'disputed_is_paid_alone';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_checkout_invoice BEFORE INSERT OR UPDATE ON invoices_checkoutinvoice
    FOR EACH ROW EXECUTE FUNCTION guard_checkout_invoice();
"""
UNDO = """
DROP TRIGGER guard_checkout_invoice ON invoices_checkoutinvoice;
DROP FUNCTION guard_checkout_invoice();
DROP TRIGGER guard_checkout ON invoices_checkout;
DROP FUNCTION guard_checkout();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0016_paying_by_card"), ("integrations", "0013_card_accounts_isolation")]
    operations: ClassVar = [
        *isolate("invoices_checkout", "invoices_checkoutinvoice", "invoices_cardpayment"),
        same_business("invoices_checkout", "customer_id", "invoices_customer"),
        same_business("invoices_checkout", "account_id", "integrations_cardaccount"),
        same_business("invoices_checkoutinvoice", "checkout_id", "invoices_checkout"),
        same_business("invoices_checkoutinvoice", "invoice_id", "invoices_invoice"),
        same_business("invoices_cardpayment", "checkout_id", "invoices_checkout"),
        same_business("invoices_cardpayment", "customer_id", "invoices_customer"),
        same_business("invoices_allocation", "card_payment_id", "invoices_cardpayment"),
        migrations.RunSQL(GUARD, UNDO),
    ]
