"""Pages to pay on by card, and money seen at the processor before the books show it."""

from decimal import Decimal
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import syntharra.acting
import syntharra.identifiers


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0009_paying"),
        ("integrations", "0013_card_accounts_isolation"),
        ("invoices", "0015_paused_and_unproved"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="allocation",
            name="at_most",
            field=models.DecimalField(decimal_places=2, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name="invoice",
            name="card_paid_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="CardPayment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("coming", "On its way"), ("arrived", "Arrived"), ("failed", "Did not arrive")],
                        max_length=8,
                    ),
                ),
                ("intent", models.CharField(max_length=100)),
                ("charge", models.CharField(blank=True, max_length=100)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("refunded", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("withdrawn", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("on_frozen", models.BooleanField(default=False)),
                ("too_much", models.BooleanField(default=False)),
                ("seen_at", models.DateTimeField()),
                ("in_books_at", models.DateTimeField(null=True)),
                ("in_books_by", models.CharField(blank=True, max_length=254)),
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
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="card_payments",
                        to="invoices.customer",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="allocation",
            name="card_payment",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="allocations",
                to="invoices.cardpayment",
            ),
        ),
        migrations.CreateModel(
            name="Checkout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("purpose", models.CharField(choices=[("collect", "collect"), ("service", "service")], max_length=10)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "Being made"),
                            ("open", "Open"),
                            ("ending", "To be ended"),
                            ("ended", "Ended"),
                            ("paid", "Paid on it"),
                            ("refused", "Not made"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("session", models.CharField(blank=True, max_length=100)),
                ("url", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_why", models.CharField(blank=True, max_length=120)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkouts",
                        to="integrations.cardaccount",
                    ),
                ),
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
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkouts",
                        to="invoices.customer",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="cardpayment",
            name="checkout",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment",
                to="invoices.checkout",
            ),
        ),
        migrations.CreateModel(
            name="CheckoutInvoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
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
                    "checkout",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invoices",
                        to="invoices.checkout",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkouts",
                        to="invoices.invoice",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="checkout",
            index=models.Index(fields=["business", "customer"], name="checkouts_of_customer"),
        ),
        migrations.AddIndex(
            model_name="checkout",
            index=models.Index(fields=["business", "session"], name="checkouts_by_session"),
        ),
        migrations.AddConstraint(
            model_name="checkout",
            constraint=models.UniqueConstraint(fields=("business", "id"), name="invoices_checkout_in_business"),
        ),
        migrations.AddConstraint(
            model_name="checkout",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="checkout_above_zero"),
        ),
        migrations.AddConstraint(
            model_name="checkout",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ("collect", "service"))), name="checkout_purpose"
            ),
        ),
        migrations.AddIndex(
            model_name="cardpayment",
            index=models.Index(fields=["business", "charge"], name="card_payments_by_charge"),
        ),
        migrations.AddIndex(
            model_name="cardpayment",
            index=models.Index(fields=["business", "customer"], name="card_payments_of_customer"),
        ),
        migrations.AddIndex(
            model_name="cardpayment",
            index=models.Index(
                condition=models.Q(("in_books_at", None)),
                fields=["business", "seen_at"],
                name="card_payments_not_in_books",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardpayment",
            constraint=models.UniqueConstraint(fields=("business", "id"), name="invoices_cardpayment_in_business"),
        ),
        migrations.AddConstraint(
            model_name="cardpayment",
            constraint=models.UniqueConstraint(fields=("business", "intent"), name="card_payment_once"),
        ),
        migrations.AddConstraint(
            model_name="cardpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("refunded__gte", 0), ("withdrawn__gte", 0)), name="card_money_back_not_negative"
            ),
        ),
        migrations.AddIndex(
            model_name="checkoutinvoice",
            index=models.Index(fields=["business", "invoice"], name="checkouts_of_invoice"),
        ),
        migrations.AddConstraint(
            model_name="checkoutinvoice",
            constraint=models.UniqueConstraint(fields=("business", "id"), name="invoices_checkoutinvoice_in_business"),
        ),
        migrations.AddConstraint(
            model_name="checkoutinvoice",
            constraint=models.UniqueConstraint(
                fields=("business", "checkout", "invoice"), name="checkout_invoice_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkoutinvoice",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="checkout_share_above_zero"),
        ),
    ]
