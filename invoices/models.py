"""Accounts receivable as the books have them, and what we may do about them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from integrations.models import Connection
from invoices.card_models import CardPayment as CardPayment
from invoices.card_models import Checkout as Checkout
from invoices.card_models import CheckoutInvoice as CheckoutInvoice
from invoices.import_models import ImportBatch as ImportBatch
from invoices.import_models import ImportMapping as ImportMapping
from invoices.notice_models import ValidationNotice as ValidationNotice
from invoices.plan_models import Installment as Installment
from invoices.plan_models import PaymentPlan as PaymentPlan
from invoices.plan_models import PlanInvoice as PlanInvoice
from invoices.spoken_models import SpokenLabel as SpokenLabel
from syntharra import money
from syntharra.clock import now
from syntharra.reading import Given
from syntharra.states import Stateful
from syntharra.tenancy import TenantModel, TenantQuerySet

AMOUNT: Any = {"max_digits": 14, "decimal_places": 2}


class Customer(TenantModel):
    """Who owes. The row that is locked: attempts, calls, disputes, payments and stops of one customer wait for each other."""

    class Kind(models.TextChoices):
        CONSUMER = "consumer", _("Person")
        BUSINESS = "business", _("Company")
        UNKNOWN = "unknown", _("Not known")

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="customers", db_constraint=False)
    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    company = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.UNKNOWN)
    language = models.CharField(max_length=10, default="en-us")
    parent_external_id = models.CharField(max_length=64, blank=True)
    street = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=6, blank=True)  # ISO 3166-2, for example US-OH
    zip = models.CharField(max_length=12, blank=True)
    active = models.BooleanField(default=True)
    never_call = models.BooleanField(default=False)  # the owner's VIP list: also for invoices to come
    never_call_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    never_call_by = models.CharField(max_length=254, blank=True, default="", db_default="")
    never_call_since = models.DateTimeField(null=True)
    # Who acts for him, where the firm was told: see ``disputes.attorneys``.
    attorney_name = models.CharField(max_length=120, blank=True, default="", db_default="")
    attorney_email = models.EmailField(blank=True, default="", db_default="")
    # What the vendor says lies unused for him, of whatever kind; null: it does not say.
    open_credit = models.DecimalField(**AMOUNT, null=True)
    chased_by_vendor = models.BooleanField(null=True)  # the vendor's own reminders go to him; null: it does not say
    books_updated_at = models.DateTimeField(null=True)
    digest = models.CharField(
        max_length=64, blank=True
    )  # of what the books said last; unchanged means nothing to write

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "connection", "external_id"], name="customer_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(TenantModel):
    """A person or desk at a customer, with the number to call. Only billing contacts are ever called about money."""

    class Role(models.TextChoices):
        BILLING = "billing", _("Billing")
        SITE = "site", _("Site")
        TENANT = "tenant", _("Tenant or occupant")
        APPROVER = "approver", _("Approver")
        OTHER = "other", _("Somebody else there")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts", db_constraint=False)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.BILLING)
    rank = models.PositiveSmallIntegerField(default=0)  # the lowest usable number is called
    name = models.CharField(max_length=200, blank=True)
    title = models.CharField(
        max_length=100, blank=True, default="", db_default=""
    )  # as the books have it: "site super"
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=16, blank=True)  # E.164
    phone_raw = models.CharField(max_length=60, blank=True)  # as the books have it
    phone_kind = models.CharField(max_length=10, blank=True)  # mobile, primary, alternate
    phone_problem = models.CharField(max_length=20, blank=True)  # missing, unreadable, foreign

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "customer", "role", "rank"], name="contact_rank_once"),
        ]


class RoleDecision(TenantModel):
    """What a member said somebody at a customer is there for; outlives every reading of the books."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="roles", db_constraint=False)
    person = models.CharField(max_length=200)  # the name in lower case, or the number where there is none
    role = models.CharField(max_length=10, choices=Contact.Role.choices)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "customer", "person"], name="role_decided_once"),
        ]


class InvoiceQuerySet(TenantQuerySet["Invoice"]):
    def open(self) -> "InvoiceQuerySet":
        """Unpaid in the books."""
        return self.filter(books_status="open", balance__gt=0)

    def collectable(self, *, on: date | Given, at: datetime | Given | None = None) -> "InvoiceQuerySet":
        """The one definition: open in the books, balance above 0, not frozen, not left, not paused, no hold, no promise or plan.

        Nor paid by card and not in the books yet, nor more than was agreed when a dispute about it ended.

        ``at`` is the moment for which holds are asked about, now unless given. A hold on a number is the gate's to see:
        it speaks of who would be rung, not of the invoice.
        """
        held = Hold.objects.running(at or now()).filter(
            Q(invoice=OuterRef("pk"))
            | Q(invoice=None, customer=OuterRef("customer"))
            | Q(invoice=None, customer=None, number="")
        )
        promised = Promise.objects.filter(invoice=OuterRef("pk"), status=Promise.Status.RUNNING)
        planned = PlanInvoice.objects.filter(invoice=OuterRef("pk"), live=True)
        return self.open().filter(
            ~Exists(held),
            ~Exists(promised),
            ~Exists(planned),
            Q(agreed_at_most=None) | Q(balance__lte=F("agreed_at_most")),
            frozen_at=None,
            left_reason=None,
            paused_reason="",
            card_paid_at=None,
            customer__never_call=False,
        )

    def overdue_by(self, days: int, *, on: date) -> "InvoiceQuerySet":
        """At least this many calendar days past due on that date."""
        return self.filter(due_on__lte=on - _days(days))

    def with_aging(self, *, on: date) -> "InvoiceQuerySet":
        """Adds ``bucket``: current, 1-30, 31-60, 61-90 or 90+ days past due."""
        edges = [("90+", 91), ("61-90", 61), ("31-60", 31), ("1-30", 1)]
        whens = [When(due_on__lte=on - _days(days), then=Value(name)) for name, days in edges]
        return self.annotate(bucket=Case(*whens, default=Value("current"), output_field=models.CharField()))


def _days(count: int) -> timedelta:
    return timedelta(days=count)


class Invoice(TenantModel):
    """One invoice. Three facts in three columns: what the books say, whether it is frozen, whether it left collection."""

    class Books(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        PAID = "paid", _("Paid")
        VOID = "void", _("Void")
        DELETED = "deleted", _("Deleted")
        WRITTEN_OFF = "written_off", _("Written off")

    class Left(models.TextChoices):
        YOUR_DECISION = "your_decision", _("Your decision")
        UNRESOLVED = "unresolved", _("Unresolved")
        MEDIATION = "mediation", _("Mediation")
        SMALL_CLAIMS = "small_claims", _("Small claims")
        AGENCY = "agency", _("Agency")
        WRITE_OFF = "write_off", _("Write-off")

    class Backlog(models.TextChoices):
        """What the owner said of an invoice that was old when the books were connected; "" while he has not."""

        NONE = "", _("Not said yet")
        CALL = "call", _("Call about it")
        LEAVE = "leave", _("Leave it")

    class Paused(models.TextChoices):
        NONE = "", _("Not paused")
        UNSURE = "unsure", _("We were not sure")
        ALREADY_PAID = "already_paid", _("Says it is paid")

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="invoices", db_constraint=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invoices", db_constraint=False)
    external_id = models.CharField(max_length=64)
    number = models.CharField(max_length=60)
    books_status = models.CharField(max_length=12, choices=Books.choices)
    vendor_status = models.CharField(max_length=60, blank=True)
    currency = models.CharField(max_length=3)
    total = models.DecimalField(**AMOUNT)
    balance = models.DecimalField(**AMOUNT)
    issued_on = models.DateField(null=True)
    served_on = models.DateField(null=True)  # the day of the work, where the books tell one day for all of it
    due_on = models.DateField(null=True)
    memo = models.TextField(blank=True)
    sent = models.BooleanField(null=True)  # null: the books do not say
    terms_assumed = models.BooleanField(default=False, db_default=False)  # due_on is ours: by the firm's default terms
    in_flight = models.BooleanField(default=False, db_default=False)  # a payment is on its way or will be taken
    disputed_in_books = models.BooleanField(default=False, db_default=False)  # the vendor's own mark, or a chargeback
    estimate = models.CharField(max_length=60, blank=True, default="", db_default="")
    reminders_on = models.BooleanField(null=True)  # the vendor's own for this invoice; null: it does not say
    balance_changed_at = models.DateTimeField(null=True)  # business time; null: not since we first read it
    # When the books last told something new by which it may be called about: that there is such an invoice, that it is open,
    # sent or due earlier. Business time; null: not since the first books were connected.
    turned_up_at = models.DateTimeField(null=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="replaced_by", db_constraint=False, db_index=False
    )
    pay_url = models.URLField(max_length=500, blank=True)
    books_updated_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField()  # business time of the last reading of this one invoice
    digest = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField(null=True)
    # He disputed it in writing at this moment, and the law wants the proof sent before anybody asks again: see ``verification``.
    proof_owed_at = models.DateTimeField(null=True)
    # What was owed when a dispute about it ended; more than that is asked for only once the owner says so. Null: no such end.
    agreed_at_most = models.DecimalField(**AMOUNT, null=True)
    paused_reason = models.CharField(max_length=16, choices=Paused.choices, default=Paused.NONE, blank=True)
    paused_at = models.DateTimeField(null=True)
    paused_source = models.CharField(max_length=160, blank=True, default="", db_default="")  # "call:..." and the like
    # Money for it was seen at the card processor, and the books do not show it yet. Ours: no reading of the books touches it.
    card_paid_at = models.DateTimeField(null=True)
    left_reason = models.CharField(max_length=16, choices=Left.choices, null=True)
    left_at = models.DateTimeField(null=True)
    backlog_choice = models.CharField(max_length=5, choices=Backlog.choices, blank=True, default="", db_default="")

    objects: ClassVar[InvoiceQuerySet] = models.Manager.from_queryset(InvoiceQuerySet)()  # type: ignore[assignment]

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "connection", "external_id"], name="invoice_once"),
            models.CheckConstraint(condition=Q(balance__gte=0), name="no_negative_balance"),
            models.CheckConstraint(
                condition=Q(left_reason=None, left_at=None) | Q(left_reason__isnull=False, left_at__isnull=False),
                name="left_with_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "customer"], name="invoices_of_customer"),
            models.Index(
                fields=["business", "due_on"],
                condition=Q(books_status="open", balance__gt=0),
                name="open_invoices_by_due",
            ),
            models.Index(fields=["business", "number"], name="invoices_by_number"),
        ]

    def __str__(self) -> str:
        return self.number

    def days_late(self, on: date) -> int:
        """Whole calendar days past due on that date; 0 when not due yet or without a due date."""
        return max(0, (on - self.due_on).days) if self.due_on else 0

    @property
    def is_more_than_agreed(self) -> bool:
        """The books show more than a dispute about it ended on: asked for only once the owner has said so."""
        return self.agreed_at_most is not None and self.balance > self.agreed_at_most

    @property
    def balance_money(self) -> money.Money:
        return money.of(self.balance, self.currency)

    @property
    def total_money(self) -> money.Money:
        return money.of(self.total, self.currency)


class InvoiceLine(TenantModel):
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    amount = models.DecimalField(**AMOUNT)
    currency = models.CharField(max_length=3)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "invoice", "position"], name="line_position_once"),
        ]


class Payment(TenantModel):
    """Money received, as the books have it. What it paid is its allocations."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="payments", db_constraint=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payments", db_constraint=False)
    external_id = models.CharField(max_length=64)
    amount = models.DecimalField(**AMOUNT)
    unapplied = models.DecimalField(**AMOUNT, default=Decimal(0))
    currency = models.CharField(max_length=3)
    paid_on = models.DateField()
    method = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    pending = models.BooleanField(default=False, db_default=False)  # not money yet
    created_in_books_at = models.DateTimeField(null=True)
    books_updated_at = models.DateTimeField(null=True)
    reversed_at = models.DateTimeField(null=True)  # voided, deleted, bounced, refunded
    digest = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "connection", "external_id"], name="payment_once"),
        ]


class Allocation(TenantModel):
    """How much of a payment (cash) or credit went to an invoice. Ended rather than deleted when the books take it back."""

    class Kind(models.TextChoices):
        CASH = "cash", _("Cash")
        CREDIT = "credit", _("Credit")
        COMING = "coming", _("On its way")

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="allocations", db_constraint=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations", db_constraint=False)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.CASH)
    amount = models.DecimalField(**AMOUNT)
    currency = models.CharField(max_length=3)
    # Paid by card and taken back there, whatever the books still show: no more than this is left. Null: nothing known.
    at_most = models.DecimalField(**AMOUNT, null=True)
    card_payment = models.ForeignKey(
        CardPayment,
        on_delete=models.SET_NULL,
        related_name="allocations",
        db_constraint=False,
        null=True,
        db_index=False,
    )
    seen_at = models.DateTimeField()  # business time
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "payment", "invoice", "kind"], name="allocation_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="no_negative_allocation"),
        ]
        indexes = [models.Index(fields=["business", "invoice"], name="allocations_of_invoice")]


class CreditMemo(TenantModel):
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, related_name="credit_memos", db_constraint=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="credit_memos", db_constraint=False)
    external_id = models.CharField(max_length=64)
    number = models.CharField(max_length=60, blank=True)
    total = models.DecimalField(**AMOUNT)
    balance = models.DecimalField(**AMOUNT)
    currency = models.CharField(max_length=3)
    issued_on = models.DateField(null=True)
    books_updated_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    # Which invoices it lowered and by how much, as the books say: [{"invoice": external id, "amount": "200.00"}].
    applied = models.JSONField(default=list, db_default=[])
    digest = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "connection", "external_id"], name="credit_memo_once"),
        ]


class Promise(TenantModel):
    """A promise to pay: how much, when, how. Holds the cadence until it was kept, broken or withdrawn: ``invoices.promises``."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        KEPT = "kept", _("Kept")
        BROKEN = "broken", _("Broken")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class How(models.TextChoices):
        LINK = "link", _("by link")
        TRANSFER = "transfer", _("by transfer")
        CHECK = "check", _("by check")
        OFFICE = "office", _("at the office")
        UNKNOWN = "unknown", _("not said")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="promises", db_constraint=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="promises", db_constraint=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    amount = models.DecimalField(**AMOUNT)
    currency = models.CharField(max_length=3)
    promised_for = models.DateField()
    how = models.CharField(max_length=10, choices=How.choices, default=How.UNKNOWN)
    holds_until = models.DateField()
    source = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)  # business time: the firm was asked whether it came; once
    answer_by = models.DateField(null=True)  # the last day before the books decide
    said_to_have_come = models.BooleanField(default=False, db_default=False)  # by the firm; the books show it yet
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True, default="", db_default="")

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "invoice"], condition=Q(status="running"), name="one_running_promise"
            ),
        ]


class HoldQuerySet(TenantQuerySet["Hold"]):
    def running(self, moment: datetime | Given) -> "HoldQuerySet":
        return self.filter(Q(until=None) | Q(until__gt=moment), lifted_at=None)


class Hold(TenantModel):
    """No collecting for now, on an invoice, a customer, a phone number, or (all empty) the whole business.

    Why, by whom, until when; what stands on a customer or a number holds for invoices to come as well.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="holds", db_constraint=False, null=True
    )
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="holds", db_constraint=False, null=True)
    number = models.CharField(max_length=16, blank=True, default="", db_default="")  # E.164
    reason = models.CharField(max_length=200)
    by = models.CharField(max_length=254)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=254, blank=True)

    objects: ClassVar[HoldQuerySet] = models.Manager.from_queryset(HoldQuerySet)()  # type: ignore[assignment]

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["business", "customer"], name="holds_of_customer")]


class Checked(TenantModel):
    """The owner looked and said: call all the same. Remembered for this customer and this reason."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="checks", db_constraint=False)
    reason = models.CharField(max_length=30)  # a code of ``invoices.checks``
    about = models.CharField(max_length=120, blank=True)  # the word, or what else makes this one another than the last
    by = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "customer", "reason", "about"], name="checked_once"),
        ]


class Replacement(TenantModel):
    """Does this new invoice replace that older one? Asked once; until it is answered the new one is on hold."""

    invoice = models.OneToOneField(Invoice, on_delete=models.CASCADE, related_name="replacement", db_constraint=False)
    older = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    asked_at = models.DateTimeField()
    answer = models.BooleanField(null=True)
    answered_by = models.CharField(max_length=254, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        pass


class BookEntry(TenantModel, Stateful):
    """Something to be written into the books: by us where the vendor can, by the owner's hand where it cannot.

    Its id is the key under which the vendor is asked, however often: nothing is written twice.
    """

    class Status(models.TextChoices):
        OWED = "owed", _("To be written")
        BY_HAND = "by_hand", _("For you to do")
        DONE = "done", _("Written")
        REFUSED = "refused", _("Refused by the books")
        CANCELED = "canceled", _("No longer wanted")

    MOVES: ClassVar = {
        Status.OWED: {Status.BY_HAND, Status.DONE, Status.REFUSED, Status.CANCELED},
        Status.BY_HAND: {Status.DONE, Status.CANCELED},
        Status.REFUSED: {Status.OWED, Status.BY_HAND, Status.DONE, Status.CANCELED},
        Status.DONE: set(),
        # Wanted again; or it was under way when it was canceled, and the books have it all the same.
        Status.CANCELED: {Status.OWED, Status.BY_HAND, Status.DONE},
    }

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="entries", db_constraint=False)
    act = models.CharField(max_length=20)  # an ``Act`` of integrations.abilities
    on = models.BooleanField(null=True)  # for reminders: on or off
    cause = models.CharField(max_length=60)  # what it is for; the same act for the same cause is asked for once
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OWED)
    amount = models.DecimalField(**AMOUNT, null=True)
    expects = models.DecimalField(
        **AMOUNT, null=True
    )  # what is open when it is begun, or it is not written; null: whatever
    begun_at = models.DateTimeField(null=True)  # from here on the books may have it
    currency = models.CharField(max_length=3)
    words = models.TextField(blank=True)  # a note, or the reason on a credit memo
    asked_by = models.CharField(max_length=254)
    asked_at = models.DateTimeField()
    external_id = models.CharField(max_length=64, blank=True)  # what it became in the books
    number = models.CharField(max_length=60, blank=True)
    problem = models.CharField(max_length=40, blank=True)
    problem_detail = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "invoice", "act", "cause"], name="entry_once"),
        ]
        indexes = [
            models.Index(
                fields=["business", "status"],
                condition=Q(status__in=("owed", "by_hand", "refused")),
                name="entries_waiting",
            ),
        ]
