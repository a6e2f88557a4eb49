"""A live business has its own account at the carrier; its numbers know which of them is the main one."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import syntharra.acting
import syntharra.identifiers


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0005_default_terms"),
        ("integrations", "0009_history_indexes"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="CarrierDoor",
            fields=[
                ("sid", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("business_id", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="CarrierAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sid", models.CharField(max_length=64)),
                ("secrets", models.BinaryField(default=b"")),
                ("calls_per_second", models.DecimalField(decimal_places=2, default=1, max_digits=6)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "business",
                    models.ForeignKey(
                        default=syntharra.acting.current_business,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="accounts.business",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="integrations_carrieraccount_in_business"),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("business",),
                        name="one_carrier_account_a_business",
                    ),
                ],
            },
        ),
        migrations.AddField(
            "phoneline", "carrier_sid", models.CharField(blank=True, db_default="", default="", max_length=64)
        ),
        migrations.AddField("phoneline", "is_main", models.BooleanField(db_default=False, default=False)),
    ]
