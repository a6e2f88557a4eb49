"""What the owner chose after a customer and the firm did not agree; and the plain question among the ways of ending."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import syntharra.acting
import syntharra.identifiers
from syntharra.tenancy import isolate, same_business

STEPS = [
    ("statement", "Closing statement"),
    ("offer", "Offer"),
    ("mediation", "Mediation"),
    ("small_claims", "Small claims"),
    ("write_off", "Write-off"),
    ("leave", "Left as it is"),
]
KINDS = [
    ("credit_memo", "Credit memo"),
    ("revised_invoice", "Revised invoice"),
    ("settlement", "Partial settlement"),
    ("dropped", "Customer drops it"),
    ("bill_stands", "The bill stands"),
    ("plain_question", "Asked once more whether it is right"),
    ("rework", "Rework agreed"),
    ("paid", "Paid"),
    ("plan", "Payment plan"),
    ("mediation", "Mediation"),
    ("small_claims", "Small claims"),
    ("write_off", "Write-off"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0008_person_phone"),
        ("disputes", "0012_chargebacks_isolation"),
        ("invoices", "0015_paused_and_unproved"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="LastStep",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(choices=STEPS, max_length=12)),
                ("words", models.TextField(blank=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("balance_before", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("by", models.CharField(max_length=254)),
                ("at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=10)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.CharField(blank=True, max_length=254)),
                ("answered_from", models.CharField(blank=True, max_length=64)),
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
                    "dispute",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="last_steps",
                        to="disputes.dispute",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="last_steps",
                        to="invoices.invoice",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="disputes_laststep_in_business"),
                    models.UniqueConstraint(
                        condition=Q(kind="statement"), fields=("business", "invoice"), name="one_closing_statement"
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="offer", amount__gt=0, expires_at__isnull=False)
                        | (~Q(kind="offer") & Q(amount=None, expires_at=None)),
                        name="offer_with_amount_and_end",
                    ),
                ],
            },
        ),
        migrations.AlterField("resolution", "kind", models.CharField(choices=KINDS, max_length=16)),
        *isolate("disputes_laststep"),
        same_business("disputes_laststep", "dispute_id", "disputes_dispute"),
        same_business("disputes_laststep", "invoice_id", "invoices_invoice"),
    ]
