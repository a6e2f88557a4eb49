"""What we owe: acts to carry out and letters to send. A row in the transaction that owes it, done after the commit.

``owe`` rings a bell when the transaction commits; a sweep every minute makes up for a bell nobody heard. Each row is
taken by exactly one worker under a lease on machine time, which runs out if that worker dies.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from notifications.models import Duty, Message, MessageInvoice
from syntharra import bells, bulk, clock, due, logs
from syntharra.identifiers import uuid7
from syntharra.tenancy import current_business

log = logs.get(__name__)

KIND = "outbox"
GIVE_UP_AFTER = 12
LEASE = timedelta(seconds=settings.WORK_LEASE_SECONDS)


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something to carry out once for this key, now or later. ``at`` and ``after`` are business time."""

    kind: str
    key: str
    facts: dict[str, Any] = field(default_factory=dict)
    after: timedelta = timedelta(0)
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter to send once for this key, to a customer or (purpose ``account``) to a member of the business."""

    letter: str
    key: str
    purpose: str
    channel: str
    to: str
    customer: UUID | None = None
    member: int | None = None
    language: str = "en-us"
    facts: dict[str, Any] = field(default_factory=dict)
    about: tuple[UUID, ...] = ()
    after: timedelta = timedelta(0)
    at: datetime | None = None
    draft: bool = False  # it does not leave by itself: somebody posts it, or lets it go


class Later(Exception):
    """Not yet: the handler wants to be asked again after so many seconds."""

    def __init__(self, seconds: float, why: str) -> None:
        super().__init__(why)
        self.seconds = seconds


class NobodyCarriesOut(Exception):
    """A duty of a kind no app has registered: a mistake of ours, kept and shown, never dropped."""


_handlers: dict[str, Callable[[Duty], str]] = {}


def carries_out(kind: str, handler: Callable[[Duty], str]) -> None:
    """Say who carries out duties of this kind. The handler runs outside any transaction and must bear being run twice."""
    _handlers[kind] = handler


def owe(*owed: Act | Letter, since: datetime | None = None) -> list[Duty | Message]:
    """Write down what is owed, inside the caller's transaction. Owing the same again gives back what is already there.

    However much it is, it takes four statements at most, and one more for each sort of which something was owed before.
    ``since``: what it follows from happened earlier, and its hours run from then.
    """
    moment = since or clock.now()
    rows = [_act(item, moment) if isinstance(item, Act) else _letter(item, moment) for item in owed]
    duties, new_duties = _written(Duty, "kind", [row for row in rows if "kind" in row])
    messages, new_messages = _written(Message, "letter", [row for row in rows if "letter" in row])
    letters = [(messages[item.letter, item.key], item) for item in owed if isinstance(item, Letter)]
    about = {(message.pk, pk): None for message, item in letters if message.pk in new_messages for pk in item.about}
    bulk.insert(MessageInvoice, [{"message_id": message, "invoice_id": invoice} for message, invoice in about])
    leaving = [
        message
        for message in messages.values()
        if message.pk in new_messages and message.status != Message.Status.DRAFT
    ]
    new = [duty for duty in duties.values() if duty.pk in new_duties]
    due.note_each(KIND, {duty.pk: duty.due_at for duty in new} | {message.pk: message.due_at for message in leaving})
    ring()
    return [duties[item.kind, item.key] if isinstance(item, Act) else messages[item.letter, item.key] for item in owed]


def owe_new(*owed: Act) -> list[UUID]:
    """The same for duties nobody can have owed before, as those of a row made in this transaction; the keys of their rows.

    Nobody waits for an answer: within ``bulk.together`` they go to the server with everything else.
    """
    moment = clock.now()
    rows = [_act(item, moment) for item in owed]
    bulk.insert(Duty, rows)
    due.note_each(KIND, {row["id"]: row["due_at"] for row in rows})
    ring()
    return [row["id"] for row in rows]


def ring() -> None:
    """Wake a worker for this business once the transaction has committed."""
    bells.after_commit("notifications.tasks.work", str(current_business()))


def _act(owed: Act, moment: datetime) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "kind": owed.kind,
        "key": owed.key,
        "facts": owed.facts,
        "correlation": logs.correlation_id(),
        "owed_at": moment,
        "due_at": owed.at or moment + owed.after,
    }


def _letter(owed: Letter, moment: datetime) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "letter": owed.letter,
        "key": owed.key,
        "purpose": owed.purpose,
        "status": Message.Status.DRAFT if owed.draft else Message.Status.QUEUED,
        "channel": owed.channel,
        "to": owed.to,
        "customer_id": owed.customer,
        "member_id": owed.member,
        "language": owed.language,
        "facts": owed.facts,
        "correlation": logs.correlation_id(),
        "owed_at": moment,
        "due_at": owed.at or moment + owed.after,
    }


def _written[M: (Duty, Message)](
    model: type[M], sort: str, rows: list[dict[str, Any]]
) -> tuple[dict[tuple[str, str], M], set[UUID]]:
    """These rows by sort and key, as they are on record now, and which of them are new. The first of a key counts."""
    wanted: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        wanted.setdefault((row[sort], row["key"]), row)
    conflict = f"(business_id, {sort}, key) DO NOTHING"
    new = {pk for (pk,) in bulk.insert(model, list(wanted.values()), on_conflict=conflict, returning="id")}
    found: dict[tuple[str, str], M] = {}
    for place, row in wanted.items():
        if row["id"] in new:
            found[place] = bulk.as_made(model, row)
    if len(found) < len(wanted):
        sorts, keys = zip(*(wanted.keys() - found.keys()), strict=True)
        for old in model._default_manager.filter(**{f"{sort}__in": set(sorts), "key__in": set(keys)}):
            if (place := (getattr(old, sort), old.key)) in wanted:
                found.setdefault(place, old)
    return found, new


def reschedule(message: Message, *, at: datetime) -> None:
    """Let it leave at another moment; inside the caller's transaction."""
    Message.objects.filter(pk=message.pk, status=Message.Status.QUEUED).update(due_at=at)
    message.due_at = at
    due.note(KIND, message.pk, at=at)


def work() -> int:
    """Carry out everything of the current business that is due now; how much was taken in hand."""
    from notifications.sending import send

    taken = 0
    for duty_id in list(Duty.objects.due().order_by("due_at", "id").values_list("pk", flat=True)[:500]):
        taken += carry_out(duty_id)
    for message_id in list(Message.objects.due().order_by("due_at", "id").values_list("pk", flat=True)[:500]):
        taken += send(message_id)
    return taken


def carry_out(duty_id: UUID) -> int:
    """Carry out this duty if it is due and in nobody's hands; 1 when it was taken in hand. What goes wrong is tried again later."""
    if not claim(Duty.objects.due(), duty_id):
        return 0
    duty = Duty.objects.get(pk=duty_id)
    with logs.correlated(duty.correlation):
        try:
            if duty.kind not in _handlers:
                raise NobodyCarriesOut(duty.kind)
            outcome = _handlers[duty.kind](duty)
        except Later as later:
            put_off(duty, seconds=later.seconds, why=str(later))
        except Exception as error:  # whatever went wrong, the duty stays owed and says why
            log.exception("duty_failed", kind=duty.kind, duty=str(duty.pk))
            put_off(duty, seconds=backoff(duty.tries), why=f"{type(error).__name__}: {error}"[:200])
        else:
            finish(duty, outcome)
    return 1


def claim(rows: Any, pk: UUID) -> bool:
    """True for exactly one worker; the lease runs out if that worker dies."""
    from django.db.models import F

    leased = rows.filter(pk=pk).update(leased_until=clock.machine_now() + LEASE, tries=F("tries") + 1)
    return bool(leased == 1)


@transaction.atomic
def finish(duty: Duty, outcome: str) -> None:
    Duty.objects.filter(pk=duty.pk).update(done_at=clock.now(), outcome=outcome[:200], leased_until=None)
    due.settle(KIND, duty.pk)


@transaction.atomic
def put_off(row: Duty | Message, *, seconds: float, why: str) -> None:
    """Look at it again later. A row that failed again and again stays owed and is asked for once an hour."""
    moment = clock.now() + timedelta(seconds=seconds)
    type(row)._default_manager.filter(pk=row.pk).update(due_at=moment, leased_until=None, outcome=why[:200])
    due.note(KIND, row.pk, at=moment)


def backoff(tries: int) -> float:
    """Seconds to wait after this many tries: 2, 4, 8 ... at most an hour."""
    return float(min(2 ** min(tries, GIVE_UP_AFTER), 3600))


def unowed(kinds: Iterable[str]) -> set[str]:
    """The kinds nobody has registered, for the doctor."""
    return {kind for kind in kinds if kind not in _handlers}
