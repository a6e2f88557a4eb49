"""No attempt about a frozen invoice is planned or dialed: refused by the database on insert and on every move there."""

from typing import ClassVar

from django.db import migrations

SQL = """
CREATE FUNCTION guard_attempt() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    link record;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.purpose <> OLD.purpose THEN
        RAISE EXCEPTION 'the purpose of an attempt never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'purpose_is_fixed';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'ended' AND NEW.status <> 'ended' THEN
        RAISE EXCEPTION 'an ended attempt stays ended'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ended_is_ended';
    END IF;
    IF NEW.purpose = 'collect' AND NEW.status IN ('planned', 'dialing') THEN
        FOR link IN SELECT invoice_id FROM calls_attemptinvoice
                     WHERE business_id = NEW.business_id AND attempt_id = NEW.id AND dropped_at IS NULL
                     ORDER BY invoice_id LOOP
            PERFORM refuse_collect(NEW.business_id, link.invoice_id);
        END LOOP;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_attempt BEFORE INSERT OR UPDATE OF status, purpose ON calls_attempt
    FOR EACH ROW EXECUTE FUNCTION guard_attempt();

CREATE FUNCTION guard_attempt_link() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.dropped_at IS NULL AND EXISTS (
        SELECT 1 FROM calls_attempt a WHERE a.business_id = NEW.business_id AND a.id = NEW.attempt_id
           AND a.purpose = 'collect' AND a.status IN ('planned', 'dialing')) THEN
        PERFORM refuse_collect(NEW.business_id, NEW.invoice_id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_attempt_link BEFORE INSERT OR UPDATE ON calls_attemptinvoice
    FOR EACH ROW EXECUTE FUNCTION guard_attempt_link();
"""
UNDO = """
DROP TRIGGER guard_attempt_link ON calls_attemptinvoice;
DROP FUNCTION guard_attempt_link();
DROP TRIGGER guard_attempt ON calls_attempt;
DROP FUNCTION guard_attempt();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0002_isolation"), ("invoices", "0003_guard")]
    operations: ClassVar = [migrations.RunSQL(SQL, UNDO)]
