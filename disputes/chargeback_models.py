"""A card payment the customer's bank questions: what the processor says of it, beside the dispute it opened."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from invoices.models import CardPayment
from syntharra.tenancy import TenantModel


class Chargeback(TenantModel):
    """One row for each dispute at the processor, as it says now. Its claim is among those of the dispute on the invoice."""

    class Status(models.TextChoices):
        """The processor's own words."""

        INQUIRY = "warning_needs_response", _("The bank asks; nothing was taken")
        INQUIRY_REVIEW = "warning_under_review", _("The bank reads your answer; nothing was taken")
        INQUIRY_CLOSED = "warning_closed", _("The bank has closed its question")
        NEEDS_RESPONSE = "needs_response", _("Your answer is wanted")
        UNDER_REVIEW = "under_review", _("The bank reads your answer")
        REFUNDED = "charge_refunded", _("You gave the money back")
        PREVENTED = "prevented", _("It was settled before it began")
        WON = "won", _("Decided for you")
        LOST = "lost", _("Decided against you")

    payment = models.ForeignKey(CardPayment, on_delete=models.PROTECT, related_name="chargebacks", db_constraint=False)
    external_id = models.CharField(max_length=100)
    status = models.CharField(max_length=24, choices=Status.choices)
    reason = models.CharField(max_length=60)  # the bank's, by the processor's word
    bounced = models.BooleanField(default=False)  # a bank that did not pay, not a customer who disagrees
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    withdrawn = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    answer_by = models.DateTimeField(null=True)  # null: the bank takes no answer
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "external_id"], name="chargeback_once"),
        ]
        indexes = [models.Index(fields=["business", "payment"], name="chargebacks_of_payment")]

    @property
    def source_key(self) -> str:
        """By what its claim is known."""
        return f"stripe:{self.external_id}"
