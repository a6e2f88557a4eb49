"""What was recovered and what the firm owes us for it. Append-only: a reversal is a line of its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from invoices.models import AMOUNT, Allocation, Customer, Invoice
from syntharra.tenancy import TenantModel


class Recovery(TenantModel):
    """The decision about one allocation of cash: a recovery or not, by which rule, after which contact."""

    class Rule(models.TextChoices):
        WITHIN_90_DAYS = "within_90_days", _("paid within 90 days after a conversation")
        NO_CONTACT = "no_contact", _("no completed contact before it")
        BEFORE_CONTACT = "before_contact", _("dated before the first conversation")
        SAME_DAY_UNPROVEN = "same_day_unproven", _("same day, and the books do not show it came after")
        TOO_LATE = "too_late", _("more than 90 days after the last conversation")
        SAID_ALREADY_SENT = "said_already_sent", _("the customer said he had already sent it")
        DISPUTE_LIVE = "dispute_live", _("arrived while a dispute was open")
        CREDIT = "credit", _("a credit, not cash")

    allocation = models.OneToOneField(
        Allocation, on_delete=models.PROTECT, related_name="recovery", db_constraint=False
    )
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="recoveries", db_constraint=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="recoveries", db_constraint=False)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="recoveries", db_constraint=False, null=True)
    counts = models.BooleanField()
    rule = models.CharField(max_length=20, choices=Rule.choices)
    amount = models.DecimalField(**AMOUNT)  # recovered now; follows reversals
    currency = models.CharField(max_length=3)
    paid_on = models.DateField()
    decided_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["business", "decided_at"], name="recoveries_by_time")]


class FeeLine(TenantModel):
    """One line of the fee ledger: 10 % of what was recovered, or its reversal. Never changed, never deleted."""

    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="fee_lines", db_constraint=False)
    position = models.PositiveIntegerField()
    amount = models.DecimalField(**AMOUNT)  # negative for a reversal
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    recovered = models.DecimalField(**AMOUNT)  # what the fee stood on after this line
    reason = models.CharField(max_length=40)
    booked_at = models.DateTimeField()
    held_until = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "recovery", "position"], name="fee_line_once"),
        ]
