from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import syntharra.acting
import syntharra.identifiers
from syntharra.tenancy import isolate


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0010_trade"),
        ("integrations", "0013_card_accounts_isolation"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="NumberLookup",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=16)),
                ("kind", models.CharField(max_length=12)),
                ("vendor_kind", models.CharField(blank=True, max_length=20)),
                ("looked_up_at", models.DateTimeField()),
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
                "indexes": [
                    models.Index(fields=["business", "number", "looked_up_at"], name="lookups_of_number"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="integrations_numberlookup_in_business"),
                ],
            },
        ),
        *isolate("integrations_numberlookup"),
    ]
