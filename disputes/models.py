"""Disagreement about an invoice: who said what, and the track it is on. While one is live nothing may be collected."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from disputes.chargeback_models import Chargeback as Chargeback
from disputes.mail_models import InboundMail as InboundMail
from disputes.mail_models import StrayMail as StrayMail
from disputes.track_models import BooksMoved as BooksMoved
from disputes.track_models import DisputeFile as DisputeFile
from disputes.track_models import EvidencePack as EvidencePack
from disputes.track_models import InvoiceVersion as InvoiceVersion
from disputes.track_models import LastStep as LastStep
from disputes.track_models import LegalDate as LegalDate
from disputes.track_models import Post as Post
from disputes.track_models import Resolution as Resolution
from disputes.track_models import Side as Side
from disputes.track_models import Specification as Specification
from invoices.models import Customer, Invoice
from syntharra.states import Stateful
from syntharra.tenancy import TenantModel, TenantQuerySet


class Claim(TenantModel):
    """One objection in the customer's own words, with its source. Unique by where it was said: keeping it twice is safe."""

    class Source(models.TextChoices):
        CALL = "call", _("on a call")
        PAGE = "page", _("on our page")
        EMAIL = "email", _("by e-mail")
        SMS = "sms", _("by text")
        MEMBER = "member", _("told the firm")
        CHARGEBACK = "chargeback", _("card chargeback")
        VENDOR = "vendor", _("marked in the books")

    class Reason(models.TextChoices):
        SCOPE = "scope", _("scope")
        AMOUNT = "amount", _("amount")
        QUALITY = "quality", _("quality")
        TERMS = "terms", _("terms")
        NOT_RECEIVED = "not_received", _("not received")
        DUPLICATE = "duplicate", _("billed twice or credited")
        IDENTITY = "identity", _("somebody else owes it")
        OTHER_VAGUE = "other_vague", _("not said yet")

    #: A dispute in writing (15 USC 1692g(b)): he wrote it himself, to us or to the firm that forwarded it.
    IN_WRITING: ClassVar = models.Q(source__in=("page", "email", "sms")) | models.Q(evidence__has_key="mail")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="claims", db_constraint=False)
    source = models.CharField(max_length=12, choices=Source.choices)
    source_key = models.CharField(max_length=120)
    words = models.TextField()
    reason = models.CharField(max_length=16, choices=Reason.choices, default=Reason.OTHER_VAGUE)
    language = models.CharField(max_length=10, default="en-us")
    urgent = models.BooleanField(default=False)  # gas, flood, no heat, sewage, sparks
    said_at = models.DateTimeField()  # business time
    by = models.CharField(max_length=254)  # who said or entered it
    evidence = models.JSONField(default=dict)  # call second, scores, rule ids, versions

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "source", "source_key"], name="claim_once"),
        ]

    @property
    def is_written(self) -> bool:
        """The same of this one claim."""
        return self.source in (self.Source.PAGE, self.Source.EMAIL, self.Source.SMS) or "mail" in self.evidence


class DisputeQuerySet(TenantQuerySet["Dispute"]):
    def live(self) -> "DisputeQuerySet":
        return self.filter(closed_at=None)

    def live_on(self, invoice: Invoice) -> "Dispute | None":
        return self.live().filter(invoice=invoice).first()


class Dispute(TenantModel, Stateful):
    """One dispute about one invoice, until the books show how it ended. People know it as ``D-1042``."""

    class Status(models.TextChoices):
        NEW = "new", _("New")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        SPECIFIED = "specified", _("Specified")
        RESOLVING = "resolving", _("Being resolved")
        CLOSED = "closed", _("Closed")

    MOVES: ClassVar = {
        Status.NEW: {Status.ACKNOWLEDGED, Status.SPECIFIED, Status.RESOLVING, Status.CLOSED},
        # Back to new, when the acknowledgement came back.
        Status.ACKNOWLEDGED: {Status.NEW, Status.SPECIFIED, Status.RESOLVING, Status.CLOSED},
        Status.SPECIFIED: {Status.RESOLVING, Status.CLOSED},
        # Back, when a way of ending it led nowhere.
        Status.RESOLVING: {Status.NEW, Status.ACKNOWLEDGED, Status.SPECIFIED, Status.CLOSED},
        Status.CLOSED: set(),
    }

    number = models.CharField(max_length=12)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="disputes", db_constraint=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="disputes", db_constraint=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NEW)
    opened_at = models.DateTimeField()
    owner_told_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_as = models.CharField(max_length=30, blank=True)
    closed_by = models.CharField(max_length=254, blank=True)
    closed_reason = models.CharField(max_length=300, blank=True)
    balance_at_opening = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    claims = models.ManyToManyField(Claim, through="ClaimOn", related_name="disputes")
    go_on_with_others = models.BooleanField(null=True)  # the owner's answer about the customer's other invoices
    # On the track. Moments are business time; a limit is a stored fact, so that a changed setting moves no running clock.
    kind = models.CharField(max_length=16, choices=Specification.Kind.choices, blank=True, default="", db_default="")
    disputed_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # null: not said
    specified_at = models.DateTimeField(null=True)
    specification_asked = models.PositiveSmallIntegerField(default=0, db_default=0)  # reminders, of two
    first_word_at = models.DateTimeField(null=True)  # the first word of a person at the firm
    decide_by = models.DateTimeField(null=True)
    extended_because = models.CharField(max_length=300, blank=True, default="", db_default="")  # told to the customer
    decided_at = models.DateTimeField(null=True)  # a resolution was begun
    assignee = models.ForeignKey(
        "accounts.User",
        on_delete=models.SET_NULL,
        related_name="disputes",
        null=True,
        db_index=False,
        db_constraint=False,
    )
    legal_hold = models.BooleanField(default=False, db_default=False)
    reopens = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="reopened_as", db_constraint=False, null=True, db_index=False
    )
    # What the books said when we last looked: another word from them is a question to the owner.
    books_balance = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    books_status = models.CharField(max_length=12, blank=True, default="", db_default="")
    agreed_balance = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    collect_again_on = models.DateField(null=True)
    # The two questions on closing.
    had_paper = models.CharField(max_length=10, blank=True, default="", db_default="")  # yes, no, unknown
    went_wrong = models.CharField(max_length=16, blank=True, default="", db_default="")

    objects: ClassVar[DisputeQuerySet] = models.Manager.from_queryset(DisputeQuerySet)()  # type: ignore[assignment]

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "number"], name="dispute_number_once"),
            models.UniqueConstraint(
                fields=["business", "invoice"], condition=models.Q(closed_at=None), name="one_live_dispute_an_invoice"
            ),
            models.CheckConstraint(
                condition=models.Q(status="closed", closed_at__isnull=False)
                | (~models.Q(status="closed") & models.Q(closed_at=None)),
                name="closed_with_its_moment",
            ),
        ]
        indexes = [models.Index(fields=["business", "status", "opened_at"], name="disputes_by_status")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("dispute", args=[self.number])


class ClaimOn(TenantModel):
    """That a claim is about a dispute; the first one opened it."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="links", db_constraint=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="links", db_constraint=False)
    first = models.BooleanField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "dispute", "claim"], name="claim_on_dispute_once"),
        ]


class HearingLabel(TenantModel):
    """What a member says a text really was, a dispute or none, beside what hearing made of it. Ours to learn from.

    Unique by where it was said: labeling the same words again is a change of mind, not a second label.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    source_key = models.CharField(max_length=120)
    words = models.TextField()
    asked = models.CharField(max_length=16, blank=True)  # what the agent's question before it was about
    was_dispute = models.BooleanField()
    reason = models.CharField(max_length=16, choices=Claim.Reason.choices, blank=True)
    heard_dispute = models.BooleanField()  # what hearing had decided
    evidence = models.JSONField(default=dict)  # scores, thresholds, rule ids, versions as they were
    said_at = models.DateTimeField()  # business time
    labeled_at = models.DateTimeField()
    by = models.CharField(max_length=254)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "source_key"], name="hearing_label_once"),
            models.CheckConstraint(
                condition=models.Q(was_dispute=True) | models.Q(reason=""), name="reason_only_of_a_dispute"
            ),
        ]
