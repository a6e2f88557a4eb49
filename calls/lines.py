"""A telephone line as the carrier tells of it: bound to its attempt, moved along its states, ended when something forbids it."""

from datetime import timedelta
from uuid import UUID

from accounts.models import Business
from calls.lattice import is_over, later
from calls.models import Attempt, Call
from integrations.models import PhoneLine
from notifications import outbox
from syntharra import clock

Status = Attempt.Status
MACHINE = "machine"  # the carrier says one has answered: the line is its own from here on


class NoLine(Exception):
    """The business has no number of its own to call from."""


def line_of(business: Business, customer_id: UUID | None = None) -> str:
    """The firm's own number this customer sees: always the one he saw before, else the main one, else the oldest.

    A sandbox number never rings a live telephone, nor the other way round. Raises NoLine.
    """
    numbers = own_numbers(business)
    if not numbers:
        raise NoLine(f"{business.name} has no number to call from")
    if customer_id is None:
        return numbers[0]
    seen = Call.objects.filter(customer_id=customer_id, attempt__isnull=False, caller__in=numbers)
    return seen.order_by("-placed_at").values_list("caller", flat=True).first() or numbers[0]


def own_numbers(business: Business) -> list[str]:
    """The numbers of this business in use, the main one first."""
    lines = PhoneLine.objects.filter(released_at=None, sandbox=business.sandbox)
    return list(lines.order_by("-is_main", "created_at", "pk").values_list("number", flat=True))


def call_of(attempt: Attempt) -> Call | None:
    """The call of this attempt, fresh, where there is one."""
    return Call.objects.filter(attempt=attempt).first()


def bind(attempt: Attempt, sid: str, *, caller: str = "") -> Call | None:
    """The call of this held attempt; made on first hearing of it. None when the attempt has another call already."""
    call = call_of(attempt)
    if call is None:
        call = Call.objects.create(
            attempt=attempt,
            customer_id=attempt.customer_id,
            sid=sid,
            to=attempt.to,
            caller=caller,
            placed_at=attempt.dialing_at or clock.now(),
        )
    return call if call.sid == sid else None


def move_along(attempt: Attempt, call: Call, word: str, *, seconds: int | None = None) -> bool:
    """Take note of how far the carrier says the call is. False when that is no news."""
    status = later(call.status, word)
    if not status or status not in call.MOVES[call.status]:
        return False
    moment = clock.now()
    changes: dict[str, object] = {}
    if status in (Call.Status.RINGING, Call.Status.IN_PROGRESS) and call.rang_at is None:
        changes["rang_at"] = moment
    if status == Call.Status.IN_PROGRESS:
        changes["answered_at"] = moment
    if is_over(status):
        changes |= {"ended_at": moment, "seconds": seconds}
        if status == Call.Status.COMPLETED and call.answered_at is None:
            changes["answered_at"] = moment - timedelta(seconds=seconds or 0)
    call.move(status, **changes)
    if status == Call.Status.IN_PROGRESS and attempt.status in (Status.DIALING, Status.UNKNOWN):
        attempt.move(Status.LIVE)
    return True


def owe_hang_up(attempt: Attempt, sid: str, *, because: str) -> None:
    """This line must not speak: written down in the transaction that found out, carried out at once after it.

    A line that is not the attempt's own is ended without a word about the one that is.
    """
    if is_its_own(attempt, sid):
        Attempt.objects.filter(pk=attempt.pk, ended_because="").update(ended_because=because)
    act = outbox.Act(
        kind="hang_up", key=f"call:{sid}", facts={"attempt": str(attempt.pk), "sid": sid, "because": because}
    )
    outbox.owe(act)


def is_its_own(attempt: Attempt, sid: str) -> bool:
    """The carrier's call of this name is the attempt's, as far as anybody knows."""
    return not Call.objects.filter(attempt=attempt).exclude(sid=sid).exists()


def unfinished(customer_id: UUID | None = None) -> list[Attempt]:
    """What is with the carrier: of one customer, or of the whole business."""
    rows = Attempt.objects.filter(status__in=("dialing", "live", "unknown")).select_related("call")
    return list((rows.filter(customer_id=customer_id) if customer_id else rows).order_by("dialing_at", "pk"))
