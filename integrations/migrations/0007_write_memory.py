import django.db.models.deletion
from django.db import migrations, models

import syntharra.acting
import syntharra.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_default_terms"),
        ("integrations", "0006_reminders_said"),
    ]

    operations = [
        migrations.CreateModel(
            name="WriteMemory",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("facts", models.JSONField()),
                ("changed_at", models.DateTimeField()),
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
                    "connection",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memories",
                        to="integrations.connection",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="integrations_writememory_in_business"),
                    models.UniqueConstraint(fields=("business", "connection", "key"), name="write_memory_once"),
                ],
            },
        ),
    ]
