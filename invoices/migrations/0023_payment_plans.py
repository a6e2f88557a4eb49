"""Payment plans. A plan is refused for a frozen invoice, and no installment is called missed while one of its invoices is."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import syntharra.acting
import syntharra.identifiers
from syntharra.tenancy import isolate, same_business

GUARD = """
CREATE FUNCTION guard_plan_invoice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.live THEN
        PERFORM refuse_collect(NEW.business_id, NEW.invoice_id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_plan_invoice BEFORE INSERT OR UPDATE OF invoice_id, plan_id ON invoices_planinvoice
    FOR EACH ROW EXECUTE FUNCTION guard_plan_invoice();

CREATE FUNCTION guard_installment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    link record;
BEGIN
    IF NEW.status = 'missed' THEN
        FOR link IN SELECT invoice_id FROM invoices_planinvoice
                     WHERE business_id = NEW.business_id AND plan_id = NEW.plan_id AND live ORDER BY invoice_id LOOP
            PERFORM refuse_collect(NEW.business_id, link.invoice_id);
        END LOOP;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_installment BEFORE INSERT OR UPDATE OF status, plan_id ON invoices_installment
    FOR EACH ROW EXECUTE FUNCTION guard_installment();
"""
UNDO = """
DROP TRIGGER guard_installment ON invoices_installment;
DROP FUNCTION guard_installment();
DROP TRIGGER guard_plan_invoice ON invoices_planinvoice;
DROP FUNCTION guard_plan_invoice();
"""
PLAN = [
    ("running", "Running"),
    ("paid", "Paid off"),
    ("missed", "Ended: an installment was missed"),
    ("ended", "Ended by the firm"),
]
PART = [("waiting", "Not yet"), ("missed", "Missed, and told"), ("paid", "Paid")]
AMOUNT = {"decimal_places": 2, "max_digits": 14}
ROW = {"abstract": False, "base_manager_name": "objects"}


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0008_person_phone"), ("invoices", "0022_entry_begun")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="PaymentPlan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
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
                        related_name="plans",
                        to="invoices.customer",
                    ),
                ),
                ("status", models.CharField(choices=PLAN, default="running", max_length=8)),
                ("total", models.DecimalField(**AMOUNT)),
                ("currency", models.CharField(max_length=3)),
                ("agreed_how", models.CharField(max_length=200)),
                ("cause", models.CharField(blank=True, max_length=60)),
                ("agreed_at", models.DateTimeField()),
                ("agreed_by", models.CharField(max_length=254)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=254)),
                ("ended_why", models.CharField(blank=True, max_length=300)),
            ],
            options={
                **ROW,
                "indexes": [models.Index(fields=["business", "status", "agreed_at"], name="plans_by_status")],
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="invoices_paymentplan_in_business"),
                    models.CheckConstraint(
                        condition=Q(status="running", ended_at=None)
                        | (~Q(status="running") & Q(ended_at__isnull=False)),
                        name="plan_ended_with_its_moment",
                    ),
                    models.CheckConstraint(condition=Q(total__gt=0), name="plan_of_something"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanInvoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
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
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="about",
                        to="invoices.paymentplan",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_links",
                        to="invoices.invoice",
                    ),
                ),
                ("balance", models.DecimalField(**AMOUNT)),
                ("live", models.BooleanField(default=True)),
            ],
            options={
                **ROW,
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="invoices_planinvoice_in_business"),
                    models.UniqueConstraint(fields=("business", "plan", "invoice"), name="plan_about_once"),
                    models.UniqueConstraint(
                        condition=Q(live=True), fields=("business", "invoice"), name="one_running_plan_an_invoice"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Installment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=syntharra.identifiers.uuid7, editable=False, primary_key=True, serialize=False
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
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="installments",
                        to="invoices.paymentplan",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                ("amount", models.DecimalField(**AMOUNT)),
                ("currency", models.CharField(max_length=3)),
                ("status", models.CharField(choices=PART, default="waiting", max_length=8)),
                ("notices", models.PositiveSmallIntegerField(default=0)),
                ("noticed_at", models.DateTimeField(null=True)),
                ("cure_by", models.DateField(null=True)),
                ("paid_at", models.DateTimeField(null=True)),
            ],
            options={
                **ROW,
                "constraints": [
                    models.UniqueConstraint(fields=("business", "id"), name="invoices_installment_in_business"),
                    models.UniqueConstraint(fields=("business", "plan", "position"), name="installment_position_once"),
                    models.CheckConstraint(condition=Q(amount__gt=0), name="installment_above_zero"),
                ],
            },
        ),
        *isolate("invoices_paymentplan", "invoices_planinvoice", "invoices_installment"),
        same_business("invoices_paymentplan", "customer_id", "invoices_customer"),
        same_business("invoices_planinvoice", "plan_id", "invoices_paymentplan"),
        same_business("invoices_planinvoice", "invoice_id", "invoices_invoice"),
        same_business("invoices_installment", "plan_id", "invoices_paymentplan"),
        migrations.RunSQL(GUARD, UNDO),
    ]
