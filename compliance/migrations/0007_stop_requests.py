from typing import ClassVar

from django.db import migrations, models

import syntharra.identifiers


class Migration(migrations.Migration):
    dependencies: ClassVar = [("compliance", "0006_weekdays_not_wanted")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="StopRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number_hash", models.BinaryField(max_length=32)),
                ("sealed", models.BinaryField()),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("proved_by", models.CharField(blank=True, max_length=20)),
                ("decided_by", models.CharField(blank=True, max_length=254)),
                ("reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at", None)), fields=("number_hash",), name="stop_requested_once"
                    )
                ],
            },
        ),
    ]
