"""The track of a dispute after it was opened: what exactly is wrong, who wrote what, how it is being ended, what the books show."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from invoices.models import BookEntry, Invoice
from notifications.models import Message
from syntharra import money
from syntharra.states import Stateful
from syntharra.tenancy import TenantModel, TenantQuerySet

AMOUNT: Any = {"max_digits": 14, "decimal_places": 2}
DISPUTE: Any = {"on_delete": models.CASCADE, "db_constraint": False}


class Side(models.TextChoices):
    """Who an entry of the thread or a file comes from."""

    CUSTOMER = "customer", _("Customer")
    FIRM = "firm", _("Firm")
    SYNTHARRA = "syntharra", _("Syntharra")


class Specification(TenantModel):
    """What exactly is wrong, as the customer filled it in: saved as he goes, then sent. One draft at a time."""

    class Kind(models.TextChoices):
        SCOPE = "scope", _("I didn't agree to this work")
        AMOUNT = "amount", _("The amount is off")
        QUALITY = "quality", _("The work isn't right")
        TERMS = "terms", _("It isn't due yet, or other terms")
        DUPLICATE = "duplicate", _("Billed twice, or already credited")
        NOT_RECEIVED = "not_received", _("Never ordered, delivered or done")
        IDENTITY = "identity", _("Somebody else owes this")
        PAID = "paid", _("I have paid this already")
        OTHER = "other", _("Something else")

    class About(models.TextChoices):
        WHOLE = "whole", _("The whole invoice")
        LINES = "lines", _("Some of its lines")
        AMOUNT = "amount", _("An amount")

    dispute = models.ForeignKey("disputes.Dispute", related_name="specifications", **DISPUTE)
    kind = models.CharField(max_length=16, choices=Kind.choices, blank=True)
    about = models.CharField(max_length=8, choices=About.choices, default=About.WHOLE)
    lines = models.JSONField(default=list)  # positions on the invoice
    amount = models.DecimalField(**AMOUNT, null=True)  # what he objects to, in the currency of the invoice
    answers = models.JSONField(default=dict)  # by question, see ``disputes.questions``
    wished = models.CharField(max_length=30, blank=True)  # the end he would like, see ``disputes.questions``
    words = models.TextField(blank=True)
    source = models.CharField(max_length=12, default="page")  # page, email, member
    by = models.CharField(max_length=254, blank=True)
    started_at = models.DateTimeField()  # business time, like all moments here
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "dispute"], condition=models.Q(sent_at=None), name="one_specification_under_way"
            ),
        ]


class Post(TenantModel):
    """One entry of the thread about a dispute: written by the customer, the firm, or us; or a note nobody outside sees."""

    class Channel(models.TextChoices):
        PAGE = "page", _("on the page")
        EMAIL = "email", _("by e-mail")
        SMS = "sms", _("by text")
        LETTER = "letter", _("by letter")
        NOTE = "note", _("a note of the firm's own")

    dispute = models.ForeignKey("disputes.Dispute", related_name="posts", **DISPUTE)
    side = models.CharField(max_length=10, choices=Side.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    by = models.CharField(max_length=254)
    words = models.TextField()
    at = models.DateTimeField()
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="posts", db_constraint=False, null=True
    )  # what carried it out of the house, with its delivery state
    outside_key = models.CharField(max_length=200, null=True)  # the mail's own id: kept once, however often it comes
    seen_by_firm_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "outside_key"], name="post_from_outside_once"),
        ]
        indexes = [models.Index(fields=["business", "dispute", "at"], name="posts_of_dispute")]


class DisputeFile(TenantModel):
    """A photo or paper by either side. Stored outside the web root under its own key; named by what it holds, not by its sender."""

    dispute = models.ForeignKey("disputes.Dispute", related_name="files", **DISPUTE)
    post = models.ForeignKey(Post, on_delete=models.SET_NULL, related_name="files", db_constraint=False, null=True)
    side = models.CharField(max_length=10, choices=Side.choices)
    by = models.CharField(max_length=254)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=200)  # the key in the file storage
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "dispute", "sha256"], condition=models.Q(removed_at=None), name="file_once"
            ),
        ]


class ResolutionQuerySet(TenantQuerySet["Resolution"]):
    def open(self) -> Self:
        return self.filter(status__in=("to_confirm", "running"))


class Resolution(TenantModel, Stateful):
    """One way by which a dispute is being ended. Small steps on a row; done only when the books or the customer say so."""

    class Kind(models.TextChoices):
        CREDIT_MEMO = "credit_memo", _("Credit memo")
        REVISED_INVOICE = "revised_invoice", _("Revised invoice")
        SETTLEMENT = "settlement", _("Partial settlement")
        DROPPED = "dropped", _("Customer drops it")
        BILL_STANDS = "bill_stands", _("The bill stands")
        PLAIN_QUESTION = "plain_question", _("Asked once more whether it is right")
        REWORK = "rework", _("Rework agreed")
        PAID = "paid", _("Paid")
        PLAN = "plan", _("Payment plan")
        MEDIATION = "mediation", _("Mediation")
        SMALL_CLAIMS = "small_claims", _("Small claims")
        WRITE_OFF = "write_off", _("Write-off")

    class Status(models.TextChoices):
        TO_CONFIRM = "to_confirm", _("An owner has to confirm it")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")
        FAILED = "failed", _("Came to nothing")
        CANCELED = "canceled", _("Taken back")

    class Step(models.TextChoices):
        """What a running one waits for."""

        NONE = "", _("nothing")
        OWNER = "owner", _("the owner")
        WRITING = "writing", _("being written into the books")
        BY_HAND = "by_hand", _("the owner, in his books")
        BOOKS = "books", _("the books to show it")
        CUSTOMER = "customer", _("the customer")
        VISIT = "visit", _("the visit")
        MONEY = "money", _("the payment")

    MOVES: ClassVar = {
        Status.TO_CONFIRM: {Status.RUNNING, Status.CANCELED},
        Status.RUNNING: {Status.DONE, Status.FAILED, Status.CANCELED},
        Status.DONE: set(),
        Status.FAILED: set(),
        Status.CANCELED: set(),
    }

    dispute = models.ForeignKey("disputes.Dispute", related_name="resolutions", **DISPUTE)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    step = models.CharField(max_length=10, choices=Step.choices, default=Step.NONE, blank=True)
    currency = models.CharField(max_length=3)
    balance_before = models.DecimalField(**AMOUNT)  # as the books had it when it was begun
    lowered_by = models.DecimalField(**AMOUNT, null=True)  # the credit
    agreed_balance = models.DecimalField(**AMOUNT, null=True)  # what is owed when it is done
    words = models.TextField(blank=True)  # to the customer, or the reason
    schedule = models.JSONField(
        default=list, db_default=[]
    )  # of a plan: [["2026-12-15", "200.00", down payment?], ...]
    entry = models.ForeignKey(
        BookEntry, on_delete=models.PROTECT, related_name="resolutions", db_constraint=False, null=True
    )
    replaced_by = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="+", db_constraint=False, null=True)
    expires_at = models.DateTimeField(null=True)  # the customer may answer until then
    answer = models.CharField(max_length=12, blank=True)  # agrees, objects, accepted, declined, happy, not_happy
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=254, blank=True)  # the name he gave
    answered_from = models.CharField(max_length=64, blank=True)  # the address it came from
    visit_on = models.DateField(null=True)
    visit_done_at = models.DateTimeField(null=True)
    asked = models.PositiveSmallIntegerField(default=0)  # how often the customer was asked
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=254)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=254, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=300, blank=True)

    objects: ClassVar[ResolutionQuerySet] = models.Manager.from_queryset(ResolutionQuerySet)()  # type: ignore[assignment]

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "dispute"],
                condition=models.Q(status__in=["to_confirm", "running"]),
                name="one_resolution_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["business", "dispute"],
                condition=models.Q(kind="plain_question"),
                name="plain_question_once",
            ),
            models.CheckConstraint(
                condition=models.Q(lowered_by=None) | models.Q(lowered_by__gt=0), name="credit_above_zero"
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_balance=None) | models.Q(agreed_balance__gte=0), name="agreed_not_negative"
            ),
        ]


class LastStep(TenantModel):
    """What the owner chose about a bill on which they never agreed. It stays out of collection, whatever is chosen."""

    class Kind(models.TextChoices):
        STATEMENT = "statement", _("Closing statement")
        OFFER = "offer", _("Offer")
        MEDIATION = "mediation", _("Mediation")
        SMALL_CLAIMS = "small_claims", _("Small claims")
        WRITE_OFF = "write_off", _("Write-off")
        LEAVE = "leave", _("Left as it is")

    dispute = models.ForeignKey("disputes.Dispute", related_name="last_steps", **DISPUTE)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="last_steps", db_constraint=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    words = models.TextField(blank=True)  # to the customer (statement, offer), else the firm's own note
    amount = models.DecimalField(**AMOUNT, null=True)  # of an offer: what he would pay
    balance_before = models.DecimalField(**AMOUNT)
    currency = models.CharField(max_length=3)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)  # of an offer
    answer = models.CharField(max_length=10, blank=True)  # accepted, declined
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=254, blank=True)  # the name he gave
    answered_from = models.CharField(max_length=64, blank=True)  # the address it came from

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "invoice"], condition=models.Q(kind="statement"), name="one_closing_statement"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="offer", amount__gt=0, expires_at__isnull=False)
                | (~models.Q(kind="offer") & models.Q(amount=None, expires_at=None)),
                name="offer_with_amount_and_end",
            ),
        ]

    @property
    def amount_money(self) -> money.Money | None:
        return None if self.amount is None else money.of(self.amount, self.currency)


class BooksMoved(TenantModel):
    """The books changed a disputed invoice by themselves: one card, one question, one answer."""

    class What(models.TextChoices):
        LOWERED = "lowered", _("The balance was lowered")
        CLEARED = "cleared", _("Nothing is owed any more")  # by credit, void, deletion, write-off
        PAID = "paid", _("It was paid")
        PART_PAID = "part_paid", _("A part was paid")
        ROSE = "rose", _("The balance rose")
        REPLACED = "replaced", _("There is a new bill like it")

    dispute = models.ForeignKey("disputes.Dispute", related_name="moves", **DISPUTE)
    what = models.CharField(max_length=10, choices=What.choices)
    was = models.DecimalField(**AMOUNT)
    now = models.DecimalField(**AMOUNT)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12)  # of the invoice in the books, then
    proof = models.CharField(max_length=120, blank=True)  # "credit memo 1043", the new number
    seen_at = models.DateTimeField()
    acts_at = models.DateTimeField(null=True)  # when it takes its course unless somebody answers before
    answer = models.CharField(max_length=10, blank=True)  # yes, no, closed, overtaken
    answered_by = models.CharField(max_length=254, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "dispute"], condition=models.Q(answer=""), name="one_open_question_of_the_books"
            ),
        ]


class InvoiceVersion(TenantModel):
    """A disputed invoice as it stood at a moment: what the books said then, with the hash that proves it."""

    dispute = models.ForeignKey("disputes.Dispute", related_name="versions", **DISPUTE)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="versions", db_constraint=False)
    because = models.CharField(max_length=30)  # opened, books_changed, resolved
    facts = models.JSONField()
    sha256 = models.CharField(max_length=64)  # over the facts as canonical JSON
    taken_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "dispute", "sha256"], name="version_once"),
        ]


class LegalDate(TenantModel):
    """A date the law or a card network set, which no freeze hides: lien and bond dates entered by the firm, chargebacks, notices."""

    class Kind(models.TextChoices):
        LIEN = "lien", _("Lien")
        BOND = "bond", _("Payment bond claim")
        CHARGEBACK = "chargeback", _("Chargeback answer")
        VALIDATION = "validation", _("End of the validation period")
        OTHER = "other", _("Other")

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="legal_dates", db_constraint=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=254, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "invoice", "kind", "on"], name="legal_date_once"),
        ]


class EvidencePack(TenantModel):
    """A pack that was made: its hash, and where the record stood then."""

    dispute = models.ForeignKey("disputes.Dispute", related_name="packs", **DISPUTE)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=254)
    sha256 = models.CharField(max_length=64)  # of the JSON
    stored = models.CharField(max_length=200)
    anchor_number = models.BigIntegerField(null=True)  # the last sealed line of the activity
    anchor_hash = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        pass
