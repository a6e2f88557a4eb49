"""A payment plan: what a customer owes on one or several invoices, in installments he agreed to with the firm."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from syntharra import money
from syntharra.states import Stateful
from syntharra.tenancy import TenantModel

AMOUNT: Any = {"max_digits": 14, "decimal_places": 2}


class PaymentPlan(TenantModel, Stateful):
    """One plan of one customer. While it runs nobody calls or reminds about its invoices; installments are watched singly."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        PAID = "paid", _("Paid off")
        MISSED = "missed", _("Ended: an installment was missed")
        ENDED = "ended", _("Ended by the firm")

    MOVES: ClassVar = {
        Status.RUNNING: {Status.PAID, Status.MISSED, Status.ENDED},
        Status.PAID: set(),
        Status.MISSED: set(),
        Status.ENDED: set(),
    }

    customer = models.ForeignKey(
        "invoices.Customer", on_delete=models.PROTECT, related_name="plans", db_constraint=False
    )
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.RUNNING)
    total = models.DecimalField(**AMOUNT)  # what the books showed on all of them when it was agreed
    currency = models.CharField(max_length=3)
    agreed_how = models.CharField(max_length=200)  # with whom and how: "Ana Reyes, on the phone"
    cause = models.CharField(max_length=60, blank=True)  # what it ended: "resolution <id>"; "" for none
    agreed_at = models.DateTimeField()  # business time, like all moments here
    agreed_by = models.CharField(max_length=254)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True)
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status="running", ended_at=None) | (~Q(status="running") & Q(ended_at__isnull=False)),
                name="plan_ended_with_its_moment",
            ),
            models.CheckConstraint(condition=Q(total__gt=0), name="plan_of_something"),
        ]
        indexes = [models.Index(fields=["business", "status", "agreed_at"], name="plans_by_status")]

    @property
    def total_money(self) -> money.Money:
        return money.of(self.total, self.currency)


class PlanInvoice(TenantModel):
    """That a plan is about an invoice. ``live`` while the plan runs: then the invoice is not collected on otherwise."""

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="about", db_constraint=False)
    invoice = models.ForeignKey(
        "invoices.Invoice", on_delete=models.PROTECT, related_name="plan_links", db_constraint=False
    )
    balance = models.DecimalField(**AMOUNT)  # as the books showed it then
    live = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "plan", "invoice"], name="plan_about_once"),
            models.UniqueConstraint(
                fields=["business", "invoice"], condition=Q(live=True), name="one_running_plan_an_invoice"
            ),
        ]


class Installment(TenantModel, Stateful):
    """One part of a plan and its day. Missed only while nothing about the plan's invoices is disputed: the database sees to it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Not yet")
        MISSED = "missed", _("Missed, and told")
        PAID = "paid", _("Paid")

    MOVES: ClassVar = {
        Status.WAITING: {Status.MISSED, Status.PAID},
        Status.MISSED: {Status.WAITING, Status.PAID},
        Status.PAID: {Status.WAITING},  # a payment bounced
    }

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="installments", db_constraint=False)
    position = models.PositiveSmallIntegerField()  # 0 is the down payment
    due_on = models.DateField()
    amount = models.DecimalField(**AMOUNT)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    notices = models.PositiveSmallIntegerField(default=0)
    noticed_at = models.DateTimeField(null=True)  # the notice left, or was posted
    cure_by = models.DateField(null=True)  # the last day on which paying keeps the plan
    paid_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "plan", "position"], name="installment_position_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="installment_above_zero"),
        ]

    @property
    def amount_money(self) -> money.Money:
        return money.of(self.amount, self.currency)
