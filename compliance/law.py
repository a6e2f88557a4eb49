"""The shapes of what the rule file says about law and places. Read once, never changed."""

from dataclasses import dataclass
from enum import StrEnum

from compliance.facts import Channel, DebtorType, LineType, Result, Role
from compliance.windows import Calendar, Week


class Layer(StrEnum):
    """Who says no: binding law, a sales-call rule kept by choice, or our own stricter policy."""

    LAW = "law"
    OVERLAY = "overlay"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from and how far it was verified: seen, memory (counsel must check), ours."""

    text: str
    verified: str


@dataclass(frozen=True, slots=True)
class Code:
    """A reason, its place in the order of precedence, its usual layer (None: depends on who is contacted)."""

    name: str
    rank: int
    layer: Layer | None
    source: Source


@dataclass(frozen=True, slots=True)
class Hours:
    week: Week
    text: str
    source: Source
    channels: frozenset[Channel] = frozenset({Channel.CALL, Channel.SMS})
    closed: tuple[Calendar, ...] = ()


@dataclass(frozen=True, slots=True)
class Limitation:
    years: int
    source: Source
    note: str = ""


class Binds(StrEnum):
    """Whom a frequency rule protects, and against whom."""

    CONSUMER_OWN_BOOKS = "consumer_own_books"
    CONSUMER_FOR_OTHERS = "consumer_for_others"
    BUSINESS_FOR_OTHERS = "business_for_others"
    RESIDENTIAL_WITHOUT_CONSENT = "residential_line_without_consent"


class Per(StrEnum):
    INVOICE = "invoice"
    PERSON = "person"
    NUMBER = "number"


class Counts(StrEnum):
    ATTEMPTS = "attempts"
    CONVERSATIONS = "conversations"


@dataclass(frozen=True, slots=True)
class Frequency:
    """Refused from this many counted contacts in so many consecutive local dates, today included."""

    code: str
    refused_from: int
    days: int
    per: Per
    counts: Counts
    channels: frozenset[Channel]
    binds: frozenset[Binds]
    source: Source
    not_counted: frozenset[Result] = frozenset()
    only_at_work: bool = False
    every_purpose: bool = False

    def protects(self, consumer: bool, role: Role, line: LineType, has_consent: bool) -> bool:
        debtor = DebtorType.CONSUMER if consumer else DebtorType.BUSINESS
        if (debtor, role) in _BOUND and _BOUND[debtor, role] in self.binds:
            return True
        residential = consumer and line == LineType.LANDLINE and not has_consent
        return residential and Binds.RESIDENTIAL_WITHOUT_CONSENT in self.binds


_BOUND = {
    (DebtorType.CONSUMER, Role.FIRST_PARTY): Binds.CONSUMER_OWN_BOOKS,
    (DebtorType.CONSUMER, Role.THIRD_PARTY): Binds.CONSUMER_FOR_OTHERS,
    (DebtorType.BUSINESS, Role.THIRD_PARTY): Binds.BUSINESS_FOR_OTHERS,
}


@dataclass(frozen=True, slots=True)
class State:
    """What one state says. Federal rules apply beside it and are not repeated."""

    code: str
    name: str
    zones: tuple[str, ...]
    license_rule: str
    license_source: Source
    limitation: Limitation
    creditor_hours: Hours | None
    automated_voice_hours: Hours | None
    automated_voice_consent: Source | None
    creditor_dispute_freeze: Source | None
    sales_hours: Hours | None
    frequency: tuple[Frequency, ...]
    notes: tuple[str, ...]

    @property
    def needs_license(self) -> bool:
        return self.license_rule != "none_listed"


@dataclass(frozen=True, slots=True)
class Federal:
    collection_hours: Hours
    sales_hours: Hours
    goods_years: int
    goods_exceptions: dict[str, int]
    goods_source: Source
    frequency: tuple[Frequency, ...]


@dataclass(frozen=True, slots=True)
class City:
    """New York City, where residents have rules of their own."""

    cities: frozenset[str]
    area_codes: frozenset[str]
    source: Source


@dataclass(frozen=True, slots=True)
class AreaCode:
    place: str
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentAge:
    """For how many days a consent to be called is relied on without being confirmed."""

    days: int
    source: Source


@dataclass(frozen=True, slots=True)
class ElectronicConsent:
    """Where e-mails and texts to consumers need their yes first."""

    places: frozenset[str]
    nyc: bool
    source: Source
