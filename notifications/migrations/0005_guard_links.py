"""A link between a `collect` message and an invoice is refused whatever state the message is in, but for one that never left.

Until now a letter put down as sent at once could be linked to a frozen invoice.
"""

from typing import ClassVar

from django.db import migrations

LINK = """
CREATE OR REPLACE FUNCTION guard_message_link() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM notifications_message m WHERE m.business_id = NEW.business_id AND m.id = NEW.message_id
                  AND m.purpose = 'collect' AND m.status IN ({states})) THEN
        PERFORM refuse_collect(NEW.business_id, NEW.invoice_id);
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("notifications", "0004_replyaddress")]
    operations: ClassVar = [
        migrations.RunSQL(
            LINK.format(states="'draft', 'queued', 'sending', 'sent'"),
            LINK.format(states="'draft', 'queued', 'sending'"),
        )
    ]
