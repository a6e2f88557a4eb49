"""What the agent asks the rest of the product to do. It decides; others carry it out, in the order given, before any line is spoken."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from disputes.hearing.labels import Intent, Reason
from syntharra.money import Money


class HowPaid(StrEnum):
    LINK = "link"
    TRANSFER = "transfer"
    CHECK = "check"
    CARD = "card"
    CASH = "cash"
    OFFICE = "office"
    UNKNOWN = "unknown"


class NoteKind(StrEnum):
    """What an owner reads about a call beside its disposition."""

    PROMISE_WITHOUT_DAY = "promise_without_day"
    PLAN_WISH = "plan_wish"
    QUESTION = "question"
    PAPERWORK = "paperwork"
    WAITING_FOR = "waiting_for"
    OTHER_CONTACT = "other_contact"
    OTHER_JOB = "other_job"
    WRITTEN_ONLY = "written_only"
    RESTRICTION = "restriction"
    VULNERABLE = "vulnerable"
    LANGUAGE = "language"
    DISTRUST = "distrust"
    CARD_READ_OUT = "card_read_out"
    ACTIVE_DUTY = "active_duty"
    UNANSWERED_DOUBT = "unanswered_doubt"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class Freeze:
    """A dispute. ``invoices``: the ones it names, else all that this call is about. Safe to carry out twice.

    ``told_before``: the person says the firm was told already, ``told_on`` when that was, as far as they said;
    ``urgent``: gas, flood, no heat and the like; ``wants_person``: they asked for a person in the same breath.
    """

    reason: Reason
    words: str
    invoices: tuple[str, ...]
    told_before: bool = False
    urgent: bool = False
    told_on: date | None = None
    wants_person: bool = False


@dataclass(frozen=True, slots=True)
class Specify:
    """More words about a dispute already raised. ``reason`` is other_vague when they name none.

    ``invoices``: the disputed ones they are about; empty where they do not tell, then it is the dispute raised last.
    """

    reason: Reason
    words: str
    urgent: bool = False
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """Perhaps a dispute: fall silent about money at once. From a partial, stop the sentence being spoken."""

    words: str
    partial: bool


@dataclass(frozen=True, slots=True)
class Resume:
    """The doubt is gone: its own final was harmless, or the person said clearly that nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Suppress:
    """Never again, from this moment: opt_out, attorney_represented, bankruptcy, deceased or wrong_number."""

    kind: Intent
    words: str


@dataclass(frozen=True, slots=True)
class RightParty:
    """The person was found to be the right one: from here on this is a conversation about the invoice."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to pay ``amount`` in all. ``on`` is null where no day was named.

    ``invoices``: the ones it names; empty: all that this call is about, the oldest first as far as the amount goes.
    """

    on: date | None
    amount: Money
    how: HowPaid
    words: str
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Callback:
    """Call again, on this day and at this local time where they were named; ``by_person``: a human, not the agent."""

    on: date | None
    at: time | None
    words: str
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class SendLink:
    """Send the payment link to the address on file."""

    channel: str


@dataclass(frozen=True, slots=True)
class SendCopy:
    """Send a copy of the invoice to the address on file."""

    words: str


@dataclass(frozen=True, slots=True)
class AlreadyPaid:
    """The person says it was paid. Given once when it is said and once more when they tell how and when."""

    how: HowPaid
    on: date | None
    words: str


@dataclass(frozen=True, slots=True)
class Note:
    """Words the owner should read. ``detail``: which paper, which payer, which way to write: a code, or empty."""

    kind: NoteKind
    words: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ProposeContact:
    """Somebody else pays the bills there: whom the owner may confirm. Nobody is called or written to before that."""

    name: str
    phone: str
    email: str
    words: str


@dataclass(frozen=True, slots=True)
class Restrict:
    """Do not call at this place, or at these hours or days: kept, and nothing else follows from it.

    ``place``: ``work`` or empty. ``not_before`` and ``not_after`` are local times; ``not_on`` weekdays, Monday is 0.
    """

    words: str
    place: str = ""
    not_before: time | None = None
    not_after: time | None = None
    not_on: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The person says to be in these IANA zones now: each is added to those where nobody is called at night."""

    words: str
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandOver:
    """Connect the person with a human of the firm now."""

    words: str


@dataclass(frozen=True, slots=True)
class SwitchLanguage:
    """Listen and speak in this language from the next line on."""

    language: str


@dataclass(frozen=True, slots=True)
class Speaks:
    """The customer, known to be the right one, speaks this language: letters and later calls are in it too."""

    language: str


@dataclass(frozen=True, slots=True)
class StopRecording:
    """The person objects to being recorded: stop the recording and the transcription at once."""

    words: str


Act = (
    Freeze
    | Specify
    | Pause
    | Resume
    | Suppress
    | RightParty
    | Promise
    | Callback
    | SendLink
    | SendCopy
    | AlreadyPaid
    | Note
    | ProposeContact
    | Restrict
    | Whereabouts
    | HandOver
    | Speaks
    | SwitchLanguage
    | StopRecording
)
