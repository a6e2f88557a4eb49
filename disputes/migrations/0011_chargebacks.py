"""What the card processor says of a payment the customer's bank questions."""

from decimal import Decimal
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import syntharra.acting
import syntharra.identifiers


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0009_paying"),
        ("disputes", "0010_proof_is_kept"),
        ("invoices", "0017_paying_by_card_isolation"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Chargeback",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.CharField(max_length=100)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("warning_needs_response", "The bank asks; nothing was taken"),
                            ("warning_under_review", "The bank reads your answer; nothing was taken"),
                            ("warning_closed", "The bank has closed its question"),
                            ("needs_response", "Your answer is wanted"),
                            ("under_review", "The bank reads your answer"),
                            ("charge_refunded", "You gave the money back"),
                            ("prevented", "It was settled before it began"),
                            ("won", "Decided for you"),
                            ("lost", "Decided against you"),
                        ],
                        max_length=24,
                    ),
                ),
                ("reason", models.CharField(max_length=60)),
                ("bounced", models.BooleanField(default=False)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("withdrawn", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("answer_by", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
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
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chargebacks",
                        to="invoices.cardpayment",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["business", "payment"], name="chargebacks_of_payment")],
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="disputes_chargeback_in_business"),
                    models.UniqueConstraint(fields=("business", "external_id"), name="chargeback_once"),
                ],
            },
        ),
    ]
