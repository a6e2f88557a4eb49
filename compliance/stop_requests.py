"""Stops asked for without an account and without a call: kept as a request until it is known whose telephone it is.

Nothing here lifts a stop. A stop said on a call or in an answer binds at once and needs no request.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from compliance.models import StopKind, StopRequest
from compliance.number_keys import note_key, number_hash, number_hashes
from compliance.services import stop_number
from integrations.secrets import Unreadable, decrypt, encrypt
from syntharra import clock, logs

log = logs.get(__name__)

TABLE = "compliance_stoprequest"
PROOF_WITHIN = timedelta(days=30)  # a call from the number counts as the proof for so long
BY_CALL, BY_OPERATOR = "call", "operator"


class NoSuchRequest(ValueError):
    """No request of this id waits any more."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request as the operator reads it. ``number`` is empty where no key opens it any more."""

    id: UUID
    number: str
    asked_at: datetime


def ask(number: str) -> StopRequest:
    """Keep the wish that this number (E.164) is not called. Asked again while one waits it is the same request."""
    waiting = StopRequest.objects.filter(number_hash__in=number_hashes(number), decided_at=None)
    found = waiting.first()
    if found is not None:
        return found
    note_key()
    request = StopRequest(number_hash=number_hash(number), asked_at=clock.now())
    request.sealed = encrypt(TABLE, request.pk, {"number": number})
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:  # the same moment twice
        return waiting.earliest("asked_at")
    log.info("stop_requested", request=str(request.pk))
    return request


def awaits_proof(number: str) -> bool:
    """Whoever calls from this number now proves what was asked for."""
    since = clock.now() - PROOF_WITHIN
    return StopRequest.objects.filter(
        number_hash__in=number_hashes(number), decided_at=None, asked_at__gte=since
    ).exists()


@transaction.atomic
def proved_by_call(number: str) -> bool:
    """A call came in from the number itself: from this commit on no business calls or texts it. False where nothing waits."""
    waiting = StopRequest.objects.filter(number_hash__in=number_hashes(number), decided_at=None)
    proved = waiting.update(decided_at=clock.now(), proved_by=BY_CALL, sealed=b"")
    if proved:
        stop_number(number, StopKind.OPT_OUT, here=False)
    return bool(proved)


def waiting() -> list[Waiting]:
    """What the operator has to look at, the oldest first: the law gives ten business days."""
    rows = StopRequest.objects.filter(decided_at=None).order_by("asked_at", "pk")
    return [Waiting(row.pk, _number_of(row), row.asked_at) for row in rows]


@transaction.atomic
def confirm(request_id: UUID, *, by: str) -> str:
    """The operator knows that it is theirs: the stop binds every business from this commit. The number. Raises NoSuchRequest."""
    row = _held(request_id)
    number = _number_of(row)
    if not number:
        raise NoSuchRequest("no key of FIELD_KEYS opens the number of this request")
    stop_number(number, StopKind.OPT_OUT, here=False)
    _decided(row, by=by, proved_by=BY_OPERATOR)
    return number


@transaction.atomic
def decline(request_id: UUID, *, by: str, reason: str) -> None:
    """It was not theirs, or cannot be found out. Raises NoSuchRequest, and ValueError without a reason."""
    if not reason.strip():
        raise ValueError("say why: the reason stays with the request")
    _decided(_held(request_id), by=by, reason=reason.strip()[:200])


def _held(request_id: UUID) -> StopRequest:
    row = StopRequest.objects.select_for_update().filter(pk=request_id, decided_at=None).first()
    if row is None:
        raise NoSuchRequest(f"no request {request_id} is waiting")
    return row


def _decided(row: StopRequest, *, by: str, proved_by: str = "", reason: str = "") -> None:
    facts = {"decided_at": clock.now(), "decided_by": by, "proved_by": proved_by, "reason": reason, "sealed": b""}
    StopRequest.objects.filter(pk=row.pk).update(**facts)


def _number_of(row: StopRequest) -> str:
    try:
        return decrypt(TABLE, row.pk, bytes(row.sealed))["number"]
    except Unreadable:
        log.error("stop_request_unreadable", request=str(row.pk))
        return ""
