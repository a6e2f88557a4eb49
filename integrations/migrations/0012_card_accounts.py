"""The firm's own account at the card processor."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import syntharra.acting
import syntharra.identifiers


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0008_person_phone"),
        ("integrations", "0011_carrier_accounts_isolation"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CardDoor",
            fields=[
                ("account", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("business_id", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="CardAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account", models.CharField(max_length=64)),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[("connected", "Connected"), ("disconnected", "Disconnected")],
                        default="connected",
                        max_length=12,
                    ),
                ),
                ("sandbox", models.BooleanField()),
                ("country", models.CharField(blank=True, max_length=2)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("charges_enabled", models.BooleanField(default=False)),
                ("details_submitted", models.BooleanField(default=False)),
                ("connected_at", models.DateTimeField()),
                ("connected_by", models.CharField(max_length=254)),
                ("checked_at", models.DateTimeField()),
                ("disconnected_at", models.DateTimeField(null=True)),
                ("disconnected_by", models.CharField(blank=True, max_length=254)),
                ("let_go_at", models.DateTimeField(null=True)),
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
                    models.UniqueConstraint(fields=("business", "id"), name="integrations_cardaccount_in_business"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "connected")),
                        fields=("business",),
                        name="one_card_account_a_business",
                    ),
                ],
            },
        ),
    ]
