import django.db.models.deletion
from django.db import migrations, models

import syntharra.acting
import syntharra.identifiers
from syntharra.tenancy import isolate, same_business

# The row is written before the carrier is asked: a text that asks for money about a frozen invoice gets none. Waits for a
# freeze that is not committed yet, as the message's own guard does.
SQL = """
CREATE FUNCTION guard_text_delivery() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    link record;
BEGIN
    IF EXISTS (SELECT 1 FROM notifications_message m WHERE m.business_id = NEW.business_id AND m.id = NEW.message_id
                  AND m.purpose = 'collect') THEN
        FOR link IN SELECT invoice_id FROM notifications_messageinvoice
                     WHERE business_id = NEW.business_id AND message_id = NEW.message_id ORDER BY invoice_id LOOP
            PERFORM refuse_collect(NEW.business_id, link.invoice_id);
        END LOOP;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_text_delivery BEFORE INSERT OR UPDATE OF message_id ON notifications_textdelivery
    FOR EACH ROW EXECUTE FUNCTION guard_text_delivery();
"""
UNDO = """
DROP TRIGGER guard_text_delivery ON notifications_textdelivery;
DROP FUNCTION guard_text_delivery();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_person_phone"),
        ("notifications", "0005_guard_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="TextDelivery",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asking", "Handed to the carrier"),
                            ("unknown", "Nobody knows yet whether it left"),
                            ("queued", "Waiting at the carrier"),
                            ("sending", "On its way"),
                            ("sent", "Sent, no word yet of its arrival"),
                            ("delivered", "Delivered"),
                            ("undelivered", "Not delivered"),
                            ("failed", "Refused by the carrier"),
                            ("lost", "Never found at the carrier"),
                        ],
                        default="asking",
                        max_length=12,
                    ),
                ),
                ("sender", models.CharField(max_length=16)),
                ("sid", models.CharField(blank=True, max_length=64)),
                ("error_code", models.CharField(blank=True, max_length=12)),
                ("segments", models.PositiveSmallIntegerField()),
                ("body_hash", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("delivered_at", models.DateTimeField(null=True)),
                ("given_up_at", models.DateTimeField(null=True)),
                (
                    "business",
                    models.ForeignKey(
                        default=syntharra.acting.current_business,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="accounts.business",
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delivery",
                        to="notifications.message",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="notifications_textdelivery_in_business"),
                    models.UniqueConstraint(
                        condition=models.Q(("sid", ""), _negated=True),
                        fields=("business", "sid"),
                        name="text_at_carrier_once",
                    ),
                ],
            },
        ),
        *isolate("notifications_textdelivery"),
        same_business("notifications_textdelivery", "message_id", "notifications_message"),
        migrations.RunSQL(SQL, UNDO),
    ]
