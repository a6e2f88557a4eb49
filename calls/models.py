"""Attempts (planned) and calls (made): what we meant to say to whom, what the carrier did, what was said."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.agency_models import AgencyAccount as AgencyAccount
from calls.agency_models import AgencyFile as AgencyFile
from calls.final_models import FinalChoice as FinalChoice
from compliance.models import Purpose
from invoices.models import Customer, Invoice
from notifications.models import DueQuerySet
from syntharra.clock import now
from syntharra.states import Stateful
from syntharra.tenancy import TenantModel


class AttemptQuerySet(DueQuerySet["Attempt"]):
    def due(self) -> "AttemptQuerySet":
        """Planned, its moment come, in nobody's hands."""
        return self.unleased().filter(status="planned", planned_for__lte=now())  # type: ignore[return-value]

    def unfinished(self) -> "AttemptQuerySet":
        """Handed to the carrier and not known to be over."""
        return self.filter(status__in=("dialing", "live", "unknown"))


class Attempt(TenantModel, Stateful):
    """One try to reach a customer about some of his invoices. Dialed at most once, whatever dies in between."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        DIALING = "dialing", _("Dialing")
        LIVE = "live", _("On the line")
        ENDED = "ended", _("Ended")
        UNKNOWN = "unknown", _("The carrier never answered")  # looked up, never dialed again

    MOVES: ClassVar = {
        Status.PLANNED: {Status.DIALING, Status.ENDED},
        Status.DIALING: {Status.LIVE, Status.UNKNOWN, Status.ENDED},
        Status.LIVE: {Status.ENDED},
        Status.UNKNOWN: {Status.LIVE, Status.ENDED},
        Status.ENDED: set(),
    }

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="attempts", db_constraint=False)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.COLLECT)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    number = models.PositiveSmallIntegerField()  # first, second or third
    to = models.CharField(max_length=16)
    planned_for = models.DateTimeField()  # business time
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=254, blank=True)
    leased_until = models.DateTimeField(null=True)  # machine time
    dialing_at = models.DateTimeField(null=True)  # business time
    dialing_on = models.DateField(null=True)  # the customer's local date
    posted_at = models.DateTimeField(null=True)  # machine time: the request to the carrier was about to leave
    ended_at = models.DateTimeField(null=True)
    disposition = models.CharField(max_length=24, blank=True)
    ended_because = models.CharField(max_length=60, blank=True)
    counted = models.BooleanField(default=False, db_default=False)  # one of the three: it rang, or may have rung
    callback_at = models.DateTimeField(null=True)  # business time: when the person on the line asked to be called
    looked_up = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[models.Manager["Attempt"]] = models.Manager.from_queryset(AttemptQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "customer"],
                condition=models.Q(status__in=["planned", "dialing", "live", "unknown"]),
                name="one_open_attempt_a_customer",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "customer", "dialing_at"], name="attempts_of_customer"),
            models.Index(fields=["business", "status", "planned_for"], name="attempts_by_status"),
            models.Index(fields=["business", "to"], name="attempts_of_number"),
        ]


class AttemptInvoice(TenantModel):
    """That an attempt is about an invoice. Dropped, with the reason, when it turns out not to be collectable."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="about", db_constraint=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="attempt_links", db_constraint=False)
    position = models.PositiveSmallIntegerField(default=0)
    dropped_at = models.DateTimeField(null=True)
    dropped_reason = models.CharField(max_length=40, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "attempt", "invoice"], name="attempt_about_once"),
        ]
        indexes = [models.Index(fields=["business", "invoice"], name="attempts_of_invoice")]


class Call(TenantModel, Stateful):
    """One call at the carrier. Its states are a lattice: late and repeated callbacks never take it back."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RINGING = "ringing", _("Ringing")
        IN_PROGRESS = "in-progress", _("On the line")
        COMPLETED = "completed", _("Completed")
        BUSY = "busy", _("Busy")
        NO_ANSWER = "no-answer", _("No answer")
        FAILED = "failed", _("Failed")
        CANCELED = "canceled", _("Canceled")

    class Recording(models.TextChoices):
        NONE = "", _("Not recorded")
        ANNOUNCED = "announced", _("Announced")  # recorded from the moment it had been said
        REFUSED = "refused", _("Refused")

    class Person(models.TextChoices):
        NONE = "", _("Not asked for")
        WANTED = "wanted", _("Asked for")
        RINGING = "ringing", _("Being rung")
        CONNECTED = "connected", _("Put through")
        NOBODY = "nobody", _("Nobody answered")

    OVER: ClassVar = {"completed", "busy", "no-answer", "failed", "canceled"}
    MOVES: ClassVar = {
        Status.QUEUED: {Status.RINGING, Status.IN_PROGRESS, *OVER},
        Status.RINGING: {Status.IN_PROGRESS, *OVER},
        Status.IN_PROGRESS: {Status.COMPLETED, Status.FAILED, Status.CANCELED},
        **{over: set() for over in OVER},
    }

    attempt = models.OneToOneField(
        Attempt, on_delete=models.PROTECT, related_name="call", db_constraint=False, null=True
    )
    customer = models.ForeignKey(  # null: somebody called us whose number we do not know
        Customer, on_delete=models.PROTECT, related_name="calls", db_constraint=False, null=True
    )
    sid = models.CharField(max_length=64)
    direction = models.CharField(max_length=10, default="outbound")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    to = models.CharField(max_length=16)
    caller = models.CharField(max_length=16)
    placed_at = models.DateTimeField()  # business time
    rang_at = models.DateTimeField(null=True)  # the carrier said that it rings, or was answered
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField(null=True)
    answered_by = models.CharField(max_length=24, blank=True)
    disposition = models.CharField(max_length=24, blank=True)
    reason = models.CharField(max_length=24, blank=True)  # of a dispute
    right_party = models.BooleanField(default=False)
    stopped_line = models.PositiveIntegerField(
        null=True
    )  # position of the line after which no more money was spoken of
    agent_state = models.JSONField(default=dict)
    about = models.JSONField(
        default=list, db_default=[]
    )  # ids of invoices, where no attempt says it: the customer called
    callback_at = models.DateTimeField(null=True)  # business time: when whoever spoke asked to be called
    # How many answers were given by ``<Gather>``; null while the relay has the call.
    turn = models.PositiveSmallIntegerField(null=True)
    person = models.CharField(max_length=10, choices=Person.choices, blank=True, default="", db_default="")
    recording = models.CharField(max_length=10, choices=Recording.choices, blank=True, default="", db_default="")
    recording_sid = models.CharField(max_length=64, blank=True)
    script_version = models.CharField(max_length=40, blank=True)
    hearing_version = models.CharField(max_length=40, blank=True)
    rules_version = models.CharField(max_length=40, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "sid"], name="call_sid_once"),
        ]
        indexes = [
            models.Index(fields=["business", "customer", "placed_at"], name="calls_of_customer"),
            models.Index(fields=["business", "placed_at", "id"], name="calls_by_time"),
        ]

    @property
    def line_id(self) -> UUID:
        """What the carrier's addresses name: the attempt, or the call itself where the customer made it."""
        return self.attempt_id or self.pk

    @property
    def number(self) -> str:
        """The other side's number."""
        return self.caller if self.is_inbound else self.to

    @property
    def who(self) -> str:
        """The customer, or the number of somebody we do not know."""
        return self.customer.name if self.customer is not None else self.caller

    @property
    def language(self) -> str:
        return self.customer.language if self.customer is not None else self.business.language

    @property
    def is_inbound(self) -> bool:
        return self.attempt_id is None


class TranscriptLine(TenantModel):
    """One utterance of a call, with what was really played of it. Partials that mattered are kept as evidence."""

    class Speaker(models.TextChoices):
        AGENT = "agent", _("Agent")
        CUSTOMER = "customer", _("Customer")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="lines", db_constraint=False)
    position = models.PositiveIntegerField()
    speaker = models.CharField(max_length=8, choices=Speaker.choices)
    text = models.TextField()
    played = models.TextField(null=True)  # agent: what was heard of it; null while not known
    act = models.CharField(max_length=32, blank=True)
    asks = models.CharField(max_length=16, blank=True)
    partial = models.BooleanField(default=False)
    second = models.DecimalField(max_digits=8, decimal_places=2)  # since the call was answered
    intent = models.CharField(max_length=32, blank=True)
    also = models.JSONField(default=list)
    state = models.CharField(max_length=8, blank=True)  # listen, pause, freeze
    evidence = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "call", "position"], name="line_of_call_once"),
        ]


class CallDoor(models.Model):
    """Which business a line in a carrier's URL belongs to: an attempt's id, or that of a call a customer made."""

    attempt_id = models.UUIDField(primary_key=True)
    business_id = models.UUIDField()
