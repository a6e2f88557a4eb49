"""What ties a business to a vendor: connections to books, numbers at the carrier, and the webhooks that came in."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.card_models import CardAccount as CardAccount
from integrations.card_models import CardDoor as CardDoor
from syntharra.clock import machine_now
from syntharra.states import Stateful
from syntharra.tenancy import TenantModel


class Provider(models.TextChoices):
    QUICKBOOKS = "quickbooks", "QuickBooks Online"
    XERO = "xero", "Xero"
    FRESHBOOKS = "freshbooks", "FreshBooks"
    SQUARE = "square", "Square"
    ZOHO = "zoho", "Zoho Books"
    JOBBER = "jobber", "Jobber"
    FILE = "file", _("Spreadsheet")


class Connection(TenantModel):
    """One company's books at one vendor. Secrets are encrypted with the row's identity inside."""

    class State(models.TextChoices):
        CONNECTED = "connected", _("Connected")
        RECONNECT = "reconnect", _("Reconnect needed")
        PAUSED = "paused", _("Paused by the vendor")
        DISCONNECTED = "disconnected", _("Disconnected")

    provider = models.CharField(max_length=20, choices=Provider.choices)
    account = models.CharField(max_length=64)  # the vendor's id of the company (QuickBooks: realm)
    company = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.CONNECTED)
    sandbox = models.BooleanField()
    currency = models.CharField(max_length=3, default="USD")
    country = models.CharField(max_length=2, default="US")
    time_zone = models.CharField(max_length=64, default="America/New_York")
    details = models.JSONField(
        default=dict, db_default={}
    )  # what else the vendor's sign-in gave and is no secret: a data centre, an id
    secrets = models.BinaryField(default=b"")
    access_expires_at = models.DateTimeField(null=True)  # machine time
    refresh_expires_at = models.DateTimeField(null=True)
    connected_at = models.DateTimeField()
    connected_by = models.CharField(max_length=254)
    disconnected_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=40, blank=True)  # a code of integrations.problems; "" when all is well
    problem_detail = models.CharField(max_length=300, blank=True)
    problem_since = models.DateTimeField(null=True)
    synced_at = models.DateTimeField(null=True)  # business time of the last good sync
    cursor = models.JSONField(default=dict)  # the vendor's own position; see its ledger
    compared_at = models.DateTimeField(null=True)  # business time of the last reading of the whole
    # What the owner said about the vendor's own reminders and late fees: on, off, or "" for not said.
    reminders_said = models.CharField(max_length=3, blank=True, default="", db_default="")
    reminders_said_at = models.DateTimeField(null=True)
    told_stale_on = models.DateField(null=True)  # the day of the last letter about these books being unreadable

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "provider"],
                condition=~models.Q(state="disconnected"),
                name="one_live_connection_a_provider",
            ),
        ]


class ConnectionDoor(models.Model):
    """Which business a vendor's company belongs to. The same books cannot be connected to two businesses."""

    provider = models.CharField(max_length=20)
    account = models.CharField(max_length=64)
    business_id = models.UUIDField()
    connection_id = models.UUIDField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["provider", "account"], name="books_connected_once")]


class PendingSignIn(TenantModel):
    """A sign-in that opened several companies, waiting for its owner to choose one. Sealed like a connection."""

    provider = models.CharField(max_length=20, choices=Provider.choices)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    companies = models.JSONField()  # [{"account", "name", "details"}], by the vendor's own word
    secrets = models.BinaryField()
    access_expires_at = models.DateTimeField()  # machine time
    refresh_expires_at = models.DateTimeField(null=True)
    details = models.JSONField(default=dict)
    until = models.DateTimeField()  # machine time

    class Meta(TenantModel.Meta):
        pass


class Registration(TenantModel):
    """A webhook of one connection at a vendor that keeps a key for each: asked for, then verified."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="hooks", db_constraint=False)
    name = models.CharField(max_length=64)  # what the vendor calls it (a callback's id); "" for one made by hand
    event = models.CharField(max_length=40, blank=True)
    secrets = models.BinaryField(default=b"")  # its key
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    last_heard_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "connection", "name"], name="registration_once"),
        ]


class HookDoor(models.Model):
    """Whose webhooks an address with a token is for. Holds a hash: the address itself is known to the vendor only."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    provider = models.CharField(max_length=20)
    business_id = models.UUIDField()
    connection_id = models.UUIDField()


class WriteMemory(TenantModel):
    """How things stood at a vendor before a write, where the vendor keeps no key for it; see ``integrations.memories``."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="memories", db_constraint=False)
    key = models.CharField(max_length=64)
    facts = models.JSONField()
    changed_at = models.DateTimeField()  # machine time

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "connection", "key"], name="write_memory_once"),
        ]


class Hint(TenantModel):
    """An object of the books a webhook named: the next reading looks at it by its id. One row however often it is named."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="hints", db_constraint=False)
    kind = models.CharField(max_length=20)
    external_id = models.CharField(max_length=64)
    noted_at = models.DateTimeField()  # machine time

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["business", "connection", "kind", "external_id"], name="hint_once"),
        ]


class SyncRun(TenantModel, Stateful):
    """One reading of the books: where it stands, what it saw. A killed run is taken up again from its cursor."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    MOVES: ClassVar = {
        Status.RUNNING: {Status.DONE, Status.FAILED},
        Status.DONE: set(),
        Status.FAILED: set(),
    }

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs", db_constraint=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    whole = models.BooleanField()  # a first load or a full comparison, not only changes
    cursor = models.JSONField(default=dict)
    seen = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    set_aside = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)  # machine time
    problem = models.CharField(max_length=40, blank=True)
    problem_detail = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "connection"], condition=models.Q(status="running"), name="one_running_sync"
            ),
        ]
        indexes = [models.Index(fields=["business", "connection", "-started_at"], name="runs_of_connection")]


class SetAside(TenantModel):
    """An object of the books we could not read or use, with the reason in a code; the rest of the sync went on."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="set_aside", db_constraint=False)
    kind = models.CharField(max_length=20)
    external_id = models.CharField(max_length=64)
    label = models.CharField(max_length=200, blank=True)  # what the owner knows it by: number or name
    reason = models.CharField(max_length=40)
    detail = models.CharField(max_length=300, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "connection", "kind", "external_id", "reason"], name="set_aside_once"
            ),
        ]


class PhoneLine(TenantModel):
    """A number at the carrier that belongs to one business: its caller ID, always the same."""

    number = models.CharField(max_length=16)
    carrier_account = models.CharField(max_length=64, blank=True)
    carrier_sid = models.CharField(max_length=64, blank=True, default="", db_default="")  # the carrier's id of it
    sandbox = models.BooleanField()
    is_main = models.BooleanField(default=False, db_default=False)  # what a customer sees who was never called before
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business"], condition=models.Q(is_main=True, released_at=None), name="one_main_number"
            ),
        ]


class NumberLookup(TenantModel):
    """What kind of line the carrier said a number is, on that day. Rows are added: each call stands on what was known then."""

    number = models.CharField(max_length=16)
    kind = models.CharField(max_length=12)  # a word of the rules: wireless, landline, voip, toll_free, unknown
    vendor_kind = models.CharField(max_length=20, blank=True)  # the carrier's own word; empty: it had none
    looked_up_at = models.DateTimeField()  # business time

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["business", "number", "looked_up_at"], name="lookups_of_number")]


class CarrierAccount(TenantModel):
    """A live business's own account at the carrier: its numbers, its rate, its keys. A sandbox has none of its own.

    ``sid`` is empty while the carrier has been asked for it and has not answered.
    """

    sid = models.CharField(max_length=64)
    label = models.CharField(max_length=64, blank=True, default="", db_default="")  # its name there: nobody else's
    asked_at = models.DateTimeField(null=True)  # machine time: the request to open it was about to leave
    closing_at = models.DateTimeField(null=True)  # machine time: from here on it is closed, whatever is answered
    secrets = models.BinaryField(default=b"")  # the token, the other token while one is rotated, shared keys
    calls_per_second = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business"], condition=models.Q(closed_at=None), name="one_carrier_account_a_business"
            ),
        ]


class NumberOrder(TenantModel):
    """A number to be rented at the carrier: the row is there before the carrier is asked, and it is asked once."""

    class Status(models.TextChoices):
        WANTED = "wanted", _("Wanted")
        RENTED = "rented", _("Rented")
        REFUSED = "refused", _("Not to be had")

    number = models.CharField(max_length=16)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WANTED)
    wanted_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)  # machine time: the request was about to leave
    problem = models.CharField(max_length=20, blank=True)  # the carrier's code
    by = models.CharField(max_length=254)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["business", "number"], condition=models.Q(status="wanted"), name="number_wanted_once"
            ),
        ]


class CarrierDoor(models.Model):
    """Which business an account at the carrier belongs to: none belongs to two."""

    sid = models.CharField(max_length=64, primary_key=True)
    business_id = models.UUIDField()


class NumberDoor(models.Model):
    """Which business a number of ours belongs to."""

    number = models.CharField(max_length=16, primary_key=True)
    business_id = models.UUIDField()
    line_id = models.UUIDField()


class InboxQuerySet(models.QuerySet["InboxEvent"]):
    def waiting(self) -> "InboxQuerySet":
        """Stored, not yet read, and in nobody's hands."""
        return self.filter(done_at=None).filter(models.Q(leased_until=None) | models.Q(leased_until__lt=machine_now()))


class InboxEvent(models.Model):
    """A webhook as it came in, verified, once by the vendor's event id. A task reads it after the vendor has its 200."""

    source = models.CharField(max_length=20)
    event_id = models.CharField(max_length=200)
    account = models.CharField(max_length=64, blank=True)
    payload = models.JSONField()
    correlation = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(default=machine_now)
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=60, blank=True)

    objects: ClassVar[models.Manager["InboxEvent"]] = models.Manager.from_queryset(InboxQuerySet)()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "event_id"], name="inbox_event_once")]
        indexes: ClassVar = [
            models.Index(fields=["received_at"], condition=models.Q(done_at=None), name="inbox_waiting"),
            models.Index(fields=["source", "account", "-received_at"], name="inbox_by_account"),
        ]
