"""What the gate is told: everything that is known about one contact before it is made. No database in here."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from compliance import records

# The sources of hours and holidays hold between these; a clock outside them is broken.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2099, 1, 1, tzinfo=UTC)


class FactsError(ValueError):
    """Facts that contradict themselves or cannot be read; the text names the field and what belongs there."""


class Purpose(StrEnum):
    COLLECT = "collect"
    DISPUTE = "dispute"
    SERVICE = "service"
    LEGAL = "legal"
    ACCOUNT = "account"


class Channel(StrEnum):
    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"
    VOICEMAIL_DROP = "voicemail_drop"  # only in a history made elsewhere: we leave none


class DebtorType(StrEnum):
    CONSUMER = "consumer"
    BUSINESS = "business"
    UNKNOWN = "unknown"


class Role(StrEnum):
    FIRST_PARTY = "first_party"
    THIRD_PARTY = "third_party"


class LineType(StrEnum):
    WIRELESS = "wireless"
    LANDLINE = "landline"
    VOIP = "voip"
    UNKNOWN = "unknown"
    TOLL_FREE = "toll_free"


class Consent(StrEnum):
    EXPRESS = "express"
    NONE = "none"
    REVOKED = "revoked"


class Result(StrEnum):
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    FAILED_BEFORE_RING = "failed_before_ring"
    CONVERSATION = "conversation"
    SENT = "sent"


class Paper(StrEnum):
    """What the debt rests on: the shorter limitation of goods also counts where it is unclear."""

    WRITTEN = "written"
    GOODS = "goods"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class ContactEvent:
    """One contact that happened. Dials of ours are attempts, also those nobody answered."""

    at: datetime
    channel: Channel
    result: Result
    at_work: bool = False
    inbound: bool = False

    def __post_init__(self) -> None:
        _coerce(self, channel=Channel, result=Result)
        _moment(self.at, "ContactEvent.at")


@dataclass(frozen=True, slots=True)
class Dispute:
    """A live dispute of the invoice."""

    written: bool
    within_30_days_of_notice: bool


@dataclass(frozen=True, slots=True)
class Flags:
    """What the person said or what became known. Each time of day is the person's own wall clock."""

    dispute: Dispute | None = None
    bankruptcy: bool = False
    deceased: bool = False
    attorney: bool = False
    cease: bool = False
    wrong_number: bool = False
    workplace_refused: bool = False
    not_between: tuple[tuple[time, time], ...] = ()
    not_on: tuple[int, ...] = ()  # weekdays, Monday is 0
    callback_requested_utc: datetime | None = None
    callback_asked_utc: datetime | None = None

    def __post_init__(self) -> None:
        if not set(self.not_on) <= set(range(7)):
            raise FactsError("Flags.not_on: 0 (Monday) to 6 (Sunday) belong here")
        for start, end in self.not_between:
            _whole_minutes(start, "Flags.not_between")
            _whole_minutes(end, "Flags.not_between")
        for name in ("callback_requested_utc", "callback_asked_utc"):
            moment = getattr(self, name)
            if moment is not None:
                _moment(moment, f"Flags.{name}")


@dataclass(frozen=True, slots=True)
class Blackout:
    """A state where nobody is called between two dates, such as during a declared emergency."""

    state: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class FirmSettings:
    """What this business set for itself. Only ever narrows: what is looser than the house changes nothing."""

    hours: tuple[time, time] | None = None
    weekdays: frozenset[int] | None = None
    max_attempts: int | None = None
    min_gap_days: int | None = None
    first_attempt_day: int | None = None

    def __post_init__(self) -> None:
        if self.hours:
            start, end = self.hours
            _whole_minutes(start, "FirmSettings.hours")
            _whole_minutes(end, "FirmSettings.hours")
            if start >= end:
                raise FactsError(f"FirmSettings.hours: {start:%H:%M} must come before {end:%H:%M}")
        if self.weekdays is not None and not self.weekdays <= set(range(7)):
            raise FactsError("FirmSettings.weekdays: 0 (Monday) to 6 (Sunday) belong here")


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """Reasons of the product itself. None means not given and never speaks against a contact."""

    business_stopped: bool | None = None
    books_stale: bool | None = None
    invoice_frozen: bool | None = None
    invoice_paused: bool | None = None
    owner_decides: bool | None = None
    on_hold: bool | None = None
    not_approved: bool | None = None
    credit_on_account: bool | None = None
    payment_in_flight: bool | None = None
    not_sent: bool | None = None
    no_terms: bool | None = None
    check_first: bool | None = None
    consumer_calls_off: bool | None = None
    validation_notice_missing: bool | None = None
    verification_missing: bool | None = None
    below_minimum: bool | None = None
    backlog: bool | None = None
    promise_running: bool | None = None
    call_live: bool | None = None
    number_contacted_recently: bool | None = None
    installation_not_ready: bool | None = None
    texts_off: bool | None = None
    # Where the end of the matter is known, time alone cures it.
    hold_until: datetime | None = None
    promise_until: datetime | None = None
    number_free_at: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("hold_until", "promise_until", "number_free_at"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise FactsError(f"ProductFacts.{name}: a moment with its zone belongs here, not {moment!r}")


@dataclass(frozen=True, slots=True)
class Facts:
    """One contact as it would be made at `at`. Nothing unknown helps it: what is left out fails closed.

    `history` is what happened about this invoice, `person_history` and `number_history` what happened with this
    person and this number about anything; they may repeat each other. The contact that is judged is in none of them.
    `has_license` None means that the register is complete; `licensed_in` lists the states with a license or an
    opinion on record. `at_work` says whether the number is a workplace; None means nobody knows. `consent_on` is the
    day on which the consent was given or last confirmed, `blackouts` what the operator closed; both None or empty bind nothing.
    `confirms_stop_at`: when the stop was sent which this text does nothing but confirm.
    """

    purpose: Purpose
    channel: Channel
    at: datetime
    phone: str | None = None
    line_type: LineType = LineType.UNKNOWN
    address_state: str | None = None
    city: str | None = None
    extra_zones: tuple[str, ...] = ()
    debtor_type: DebtorType = DebtorType.UNKNOWN
    role: Role = Role.THIRD_PARTY
    consent: Consent = Consent.NONE
    consent_on: date | None = None
    due_date: date | None = None
    paper: Paper = Paper.WRITTEN
    history: tuple[ContactEvent, ...] = ()
    person_history: tuple[ContactEvent, ...] = ()
    number_history: tuple[ContactEvent, ...] = ()
    flags: Flags = field(default_factory=Flags)
    books_open: bool | None = None
    balance_positive: bool | None = None
    left_reason: str | None = None
    has_license: bool | None = None
    licensed_in: frozenset[str] | None = None
    at_work: bool | None = None
    to_attorney: bool = False
    member: bool | None = None
    confirms_stop_at: datetime | None = None
    firm: FirmSettings = field(default_factory=FirmSettings)
    blackouts: tuple[Blackout, ...] = ()
    product: ProductFacts = field(default_factory=ProductFacts)
    line_type_on: date | None = None  # when the carrier was asked what kind of line it is

    def __post_init__(self) -> None:
        _coerce(self, purpose=Purpose, channel=Channel, line_type=LineType, debtor_type=DebtorType)
        _coerce(self, role=Role, consent=Consent, paper=Paper)
        _moment(self.at, "Facts.at")
        if self.confirms_stop_at is not None:
            _moment(self.confirms_stop_at, "Facts.confirms_stop_at")
        if self.channel == Channel.VOICEMAIL_DROP:
            raise FactsError("Facts.channel: we leave no ringless voicemail; call, sms, email or letter belongs here")
        for zone in self.extra_zones:
            if not is_zone(zone):
                raise FactsError(f"Facts.extra_zones: {zone!r} is no time zone ('America/Denver' would be one)")

    def to_json(self) -> dict[str, records.Json]:
        return records.dump(self)

    @classmethod
    def from_json(cls, data: object) -> "Facts":
        """The facts of a stored decision; raises FactsError when they cannot be read."""
        try:
            return records.load(cls, data)
        except records.RecordError as problem:
            raise FactsError(str(problem)) from problem


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _coerce(record: object, **kinds: type[StrEnum]) -> None:
    """Words from a database column or a form become ours, or are refused by name."""
    for name, kind in kinds.items():
        value = getattr(record, name)
        if type(value) is kind:
            continue
        try:
            object.__setattr__(record, name, kind(str(value)))
        except ValueError as problem:
            choices = ", ".join(kind)
            raise FactsError(f"{type(record).__name__}.{name}: {value!r} is not one of {choices}") from problem


def _moment(value: datetime, name: str) -> None:
    if value.tzinfo is None or not EARLIEST <= value < LATEST:
        raise FactsError(f"{name}: a moment with its zone between 2000 and 2098 belongs here, not {value!r}")


def _whole_minutes(value: time, name: str) -> None:
    if value.second or value.microsecond or value.tzinfo:
        raise FactsError(f"{name}: a clock time in whole minutes without a zone belongs here, not {value!r}")
