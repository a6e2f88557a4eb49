from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import syntharra.acting
import syntharra.identifiers
from syntharra.tenancy import isolate


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0010_trade"),
        ("integrations", "0014_line_types"),
    ]
    operations: ClassVar = [
        migrations.AddField(
            "carrieraccount", "label", models.CharField(blank=True, db_default="", default="", max_length=64)
        ),
        migrations.AddField("carrieraccount", "asked_at", models.DateTimeField(null=True)),
        migrations.AddField("carrieraccount", "closing_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="NumberOrder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=16)),
                (
                    "status",
                    models.CharField(
                        choices=[("wanted", "Wanted"), ("rented", "Rented"), ("refused", "Not to be had")],
                        default="wanted",
                        max_length=8,
                    ),
                ),
                ("wanted_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=20)),
                ("by", models.CharField(max_length=254)),
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
                    models.UniqueConstraint(fields=("business", "id"), name="integrations_numberorder_in_business"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "wanted")),
                        fields=("business", "number"),
                        name="number_wanted_once",
                    ),
                ],
            },
        ),
        *isolate("integrations_numberorder"),
    ]
