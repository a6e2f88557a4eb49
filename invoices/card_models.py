"""Paying by card: pages to pay on that were made at the processor, and money seen there. The books stay the truth.

What is here says what happened at the processor. How much is owed, and what was recovered, only the books say.
"""

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models import Purpose
from integrations.card_models import CardAccount
from syntharra.states import Stateful
from syntharra.tenancy import TenantModel, TenantQuerySet

AMOUNT: Any = {"max_digits": 14, "decimal_places": 2}
PROTECTED: Any = {"on_delete": models.PROTECT, "db_constraint": False}


class CheckoutQuerySet(TenantQuerySet["Checkout"]):
    def payable(self) -> "CheckoutQuerySet":
        """Somebody may still pay there: asked for, open, or to be ended and not ended yet."""
        return self.filter(status__in=("asked", "open", "ending"))


class Checkout(TenantModel, Stateful):
    """One page to pay on, asked for by the customer. A row before the processor is asked; its id is the key there.

    ``collect``: he came by what we asked for. ``service``: he wants to pay although we have stopped asking. Which it is
    never changes; the database refuses one that collects on a frozen invoice.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("Being made")
        OPEN = "open", _("Open")
        ENDING = "ending", _("To be ended")
        ENDED = "ended", _("Ended")
        PAID = "paid", _("Paid on it")
        REFUSED = "refused", _("Not made")

    MOVES: ClassVar = {
        Status.ASKED: {Status.OPEN, Status.ENDING, Status.ENDED, Status.PAID, Status.REFUSED},
        Status.OPEN: {Status.ENDING, Status.ENDED, Status.PAID},
        Status.ENDING: {Status.ENDED, Status.PAID},
        # Money that came all the same is taken note of, whatever we believed before.
        Status.ENDED: {Status.PAID},
        Status.REFUSED: {Status.PAID},
        Status.PAID: set(),
    }

    purpose = models.CharField(max_length=10, choices=[(one, one) for one in (Purpose.COLLECT, Purpose.SERVICE)])
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ASKED)
    customer = models.ForeignKey("invoices.Customer", related_name="checkouts", **PROTECTED)
    account = models.ForeignKey(CardAccount, related_name="checkouts", **PROTECTED)
    amount = models.DecimalField(**AMOUNT)
    currency = models.CharField(max_length=3)
    session = models.CharField(max_length=100, blank=True)  # the processor's id of it
    url = models.TextField(blank=True)
    asked_at = models.DateTimeField()  # business time
    expires_at = models.DateTimeField()  # machine time: the processor ends it then by itself
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=120, blank=True)

    objects: ClassVar[CheckoutQuerySet] = models.Manager.from_queryset(CheckoutQuerySet)()  # type: ignore[assignment]

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="checkout_above_zero"),
            models.CheckConstraint(condition=models.Q(purpose__in=("collect", "service")), name="checkout_purpose"),
        ]
        indexes = [
            models.Index(fields=["business", "customer"], name="checkouts_of_customer"),
            models.Index(fields=["business", "session"], name="checkouts_by_session"),
        ]


class CheckoutInvoice(TenantModel):
    """How much of a page is for which invoice. A disputed one is paid alone or not at all (15 USC 1692h)."""

    checkout = models.ForeignKey(Checkout, on_delete=models.CASCADE, related_name="invoices", db_constraint=False)
    invoice = models.ForeignKey("invoices.Invoice", related_name="checkouts", **PROTECTED)
    position = models.PositiveSmallIntegerField()
    amount = models.DecimalField(**AMOUNT)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "checkout", "invoice"], name="checkout_invoice_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="checkout_share_above_zero"),
        ]
        indexes = [models.Index(fields=["business", "invoice"], name="checkouts_of_invoice")]


class CardPayment(TenantModel, Stateful):
    """Money seen at the processor. Not counted as paid before the books show it; then ``in_books_at`` says since when."""

    class Status(models.TextChoices):
        COMING = "coming", _("On its way")
        ARRIVED = "arrived", _("Arrived")
        FAILED = "failed", _("Did not arrive")

    MOVES: ClassVar = {
        Status.COMING: {Status.ARRIVED, Status.FAILED},
        Status.ARRIVED: {Status.FAILED},
        Status.FAILED: {Status.ARRIVED},
    }

    checkout = models.OneToOneField(Checkout, related_name="payment", **PROTECTED)
    customer = models.ForeignKey("invoices.Customer", related_name="card_payments", **PROTECTED)
    status = models.CharField(max_length=8, choices=Status.choices)
    intent = models.CharField(max_length=100)  # the processor's ids of it
    charge = models.CharField(max_length=100, blank=True)
    amount = models.DecimalField(**AMOUNT)
    currency = models.CharField(max_length=3)
    refunded = models.DecimalField(**AMOUNT, default=Decimal(0))
    withdrawn = models.DecimalField(**AMOUNT, default=Decimal(0))  # taken out because his bank questions it
    on_frozen = models.BooleanField(default=False)  # it came while an invoice of it was frozen
    too_much = models.BooleanField(default=False)  # more came than was owed: somebody must look at it
    seen_at = models.DateTimeField()  # business time
    in_books_at = models.DateTimeField(null=True)
    in_books_by = models.CharField(max_length=254, blank=True)  # who said so where no payment in the books was found

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "intent"], name="card_payment_once"),
            models.CheckConstraint(
                condition=models.Q(refunded__gte=0, withdrawn__gte=0), name="card_money_back_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["business", "charge"], name="card_payments_by_charge"),
            models.Index(fields=["business", "customer"], name="card_payments_of_customer"),
            models.Index(
                fields=["business", "seen_at"], condition=models.Q(in_books_at=None), name="card_payments_not_in_books"
            ),
        ]

    @property
    def kept(self) -> Decimal:
        """What the firm still has of it."""
        return max(Decimal(0), self.amount - self.refunded - self.withdrawn)
