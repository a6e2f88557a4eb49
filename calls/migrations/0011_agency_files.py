"""Hand-overs to a collection agency: the file and its accounts."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

import syntharra.acting
import syntharra.identifiers
from syntharra.tenancy import isolate, same_business

ROW = {"abstract": False, "base_manager_name": "objects"}


def _id() -> Any:
    return models.UUIDField(default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False)


def _key(to: str, name: str) -> Any:
    return models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name=name, to=to)


def _business() -> Any:
    return models.ForeignKey(
        default=syntharra.acting.current_business,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="%(class)ss",
        to="accounts.business",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0008_person_phone"),
        ("calls", "0010_calls_by_time"),
        ("invoices", "0023_payment_plans"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="AgencyFile",
            fields=[
                ("id", _id()),
                ("business", _business()),
                ("agency", models.CharField(max_length=120)),
                ("handed_at", models.DateTimeField()),
                ("handed_by", models.CharField(max_length=254)),
                ("expected", models.PositiveSmallIntegerField()),
                ("made_at", models.DateTimeField(null=True)),
                ("stored", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(null=True)),
            ],
            options={
                **ROW,
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="calls_agencyfile_in_business")
                ],
            },
        ),
        migrations.CreateModel(
            name="AgencyAccount",
            fields=[
                ("id", _id()),
                ("business", _business()),
                ("file", _key("calls.agencyfile", "accounts")),
                ("invoice", _key("invoices.invoice", "agency_accounts")),
                ("customer", _key("invoices.customer", "agency_accounts")),
                ("balance", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("marks", models.JSONField(default=list)),
                ("dispute_confirmed", models.BooleanField(default=False)),
            ],
            options={
                **ROW,
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="calls_agencyaccount_in_business"),
                    models.UniqueConstraint(fields=("business", "invoice"), name="handed_over_once"),
                ],
            },
        ),
        *isolate("calls_agencyfile", "calls_agencyaccount"),
        same_business("calls_agencyaccount", "file_id", "calls_agencyfile"),
        same_business("calls_agencyaccount", "invoice_id", "invoices_invoice"),
        same_business("calls_agencyaccount", "customer_id", "invoices_customer"),
    ]
