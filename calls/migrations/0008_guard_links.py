"""A link between a `collect` attempt and an invoice is refused while the attempt is open, on the line as well."""

from typing import ClassVar

from django.db import migrations

LINK = """
CREATE OR REPLACE FUNCTION guard_attempt_link() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.dropped_at IS NULL AND EXISTS (
        SELECT 1 FROM calls_attempt a WHERE a.business_id = NEW.business_id AND a.id = NEW.attempt_id
           AND a.purpose = 'collect' AND a.status IN ({states})) THEN
        PERFORM refuse_collect(NEW.business_id, NEW.invoice_id);
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0007_customers_who_call")]
    operations: ClassVar = [
        migrations.RunSQL(
            LINK.format(states="'planned', 'dialing', 'live', 'unknown'"), LINK.format(states="'planned', 'dialing'")
        )
    ]
