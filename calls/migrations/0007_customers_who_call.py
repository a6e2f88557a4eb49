"""Customers who call us, what was said of recording, the turns of a call without its relay, and a person put through."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0006_final_choices")]
    operations: ClassVar = [
        migrations.AlterField(
            "call",
            "customer",
            models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="calls",
                to="invoices.customer",
            ),
        ),
        migrations.AddField("call", "about", models.JSONField(db_default=[], default=list)),
        migrations.AddField(
            "call",
            "recording",
            models.CharField(
                blank=True,
                choices=[("", "Not recorded"), ("announced", "Announced"), ("refused", "Refused")],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField("call", "turn", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField(
            "call",
            "person",
            models.CharField(
                blank=True,
                choices=[
                    ("", "Not asked for"),
                    ("wanted", "Asked for"),
                    ("ringing", "Being rung"),
                    ("connected", "Put through"),
                    ("nobody", "Nobody answered"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
    ]
