"""What the carrier asks and tells: signed, or 403 before anything of it is read; each event once; odd input never breaks it."""

import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import Business
from calls import answering, bells, gathering, handover, inbound, twiml
from calls.doors import door_of
from calls.lattice import is_over
from calls.models import Call, CallDoor
from calls.settling import tell_of
from calls.wrapup import MACHINES, a_person_speaks, stopped_because
from integrations import inbox
from integrations.models import InboxEvent
from integrations.twilio.doors import business_at, door_of_account, may_come_in
from notifications import outbox
from syntharra import logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)

SOURCE = "twilio"
IDEMPOTENCY = "I-Twilio-Idempotency-Token"
# What names an event where the carrier sends no token of its own.
_NAMED_BY = {"status": "SequenceNumber", "recording": "RecordingStatus", "amd": "AnsweredBy"}

# All that is stored of what the carrier says: the inbox is open to every business, so nobody's number or name goes there.
_KEPT = frozenset(
    {
        *("CallSid", "CallStatus", "CallDuration", "SequenceNumber"),
        *("AnsweredBy", "RecordingSid", "RecordingStatus"),
        *("SipResponseCode", "ErrorCode"),  # for the operator who looks into a failed call
    }
)

_SECONDS = re.compile(r"[0-9]{1,6}")

type View = Callable[..., HttpResponse]


def register() -> None:
    """Say who reads what the carrier told us."""
    inbox.reads(SOURCE, read)


def carrier_only(view: View) -> Any:
    """Only for signed requests of the business's own carrier account, acting for the business of the line in the path."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def inner(request: HttpRequest, line_id: UUID, **more: int) -> HttpResponse:
        door = door_of(line_id)
        if not may_come_in(request, door):
            return HttpResponseForbidden("signed requests of the carrier only\n", content_type="text/plain")
        if door.business is None:
            return _xml(twiml.hang_up())
        with acting_for(door.business.pk), logs.correlated(str(line_id)):
            return view(request, line_id, **more)

    return inner


@carrier_only
def voice(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Somebody answered: the last gate. What to do with the line, or not a word."""
    return _xml(answering.answer(line_id, _said(request, "CallSid")))


@carrier_only
def after_relay(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """The session with the agent is over, or broke: what comes next on this line."""
    sid, status = _said(request, "CallSid"), _said(request, "SessionStatus")
    return _xml(answering.after_relay(line_id, sid, status=status, error=_said(request, "ErrorCode")))


@carrier_only
def fallback(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """One of our answers did not reach the carrier: an apology, then the end. Never anything that could fail again."""
    log.error("answer_failed", line=str(line_id), code=_said(request, "ErrorCode") or None)
    return _xml(answering.apology(line_id))


@carrier_only
def gather(request: HttpRequest, line_id: UUID, turn: int) -> HttpResponse:
    """A turn of the conversation where the relay is out of reach: what was said or pressed, answered."""
    words, key = _said(request, "SpeechResult"), _said(request, "Digits")[:1]
    return _xml(gathering.take_turn(line_id, turn, words=words, key=key))


@carrier_only
def growing(request: HttpRequest, line_id: UUID, turn: int) -> HttpResponse:
    """Words of a turn as far as they are spoken: what will not change any more, and what still may."""
    parts = (_said(request, "StableSpeechResult"), _said(request, "UnstableSpeechResult"))
    gathering.hear_growing(line_id, turn, " ".join(part for part in parts if part))
    return HttpResponse(status=204)


@carrier_only
def after_person(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """The person who was to be put through spoke with them, or nobody answered."""
    said = _said(request, "DialCallStatus")
    return _xml(handover.after_person(line_id, _said(request, "CallSid"), status=said))


@carrier_only
def inbound_word(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """What a caller said whom we do not speak with about an invoice."""
    words, key = _said(request, "SpeechResult"), _said(request, "Digits")[:1]
    return _xml(inbound.word(line_id, _said(request, "CallSid"), words=words, key=key))


def number_of_ours(view: View) -> Any:
    """Only for signed requests of a carrier account of ours, acting for the business of the number that was called."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def inner(request: HttpRequest) -> HttpResponse:
        door = door_of_account(str(request.POST.get("AccountSid", "")))
        if not may_come_in(request, door):
            return HttpResponseForbidden("signed requests of the carrier only\n", content_type="text/plain")
        business = business_at(_said(request, "To"), door)
        if business is None:
            return _xml(inbound.nobodys_number())
        with acting_for(business.pk):
            return view(request, business)

    return inner


@number_of_ours
def inbound_call(request: HttpRequest, business: Business) -> HttpResponse:
    """Somebody calls one of the firm's numbers."""
    caller, called, sid = (_said(request, name)[:64] for name in ("From", "To", "CallSid"))
    if not sid:
        return _xml(twiml.hang_up())
    return _xml(inbound.answer(business, caller=caller[:16], called=called[:16], sid=sid))


@number_of_ours
def inbound_fallback(request: HttpRequest, business: Business) -> HttpResponse:
    """Our answer to somebody's call did not reach the carrier."""
    log.error("answer_failed", sid=_said(request, "CallSid"), code=_said(request, "ErrorCode") or None)
    return _xml(inbound.take_no_word(business))


@number_of_ours
def inbound_status(request: HttpRequest, business: Business) -> HttpResponse:
    """How far a call somebody made to us is. One we know nothing of is none of ours to follow."""
    call = Call.objects.filter(sid=_said(request, "CallSid"), attempt=None).first()
    return HttpResponse(status=204) if call is None else _kept(request, call.pk, "status")


@carrier_only
def status(request: HttpRequest, line_id: UUID) -> HttpResponse:
    return _kept(request, line_id, "status")


@carrier_only
def amd(request: HttpRequest, line_id: UUID) -> HttpResponse:
    return _kept(request, line_id, "amd")


@carrier_only
def recording(request: HttpRequest, line_id: UUID) -> HttpResponse:
    return _kept(request, line_id, "recording")


def _kept(request: HttpRequest, line_id: UUID, kind: str) -> HttpResponse:
    """Store it once, answer, and let a worker read it."""
    sid = _said(request, "CallSid")
    token = request.headers.get(IDEMPOTENCY, "").replace("\0", "")
    named = token or f"{sid}:{_said(request, _NAMED_BY[kind])}:{_said(request, 'RecordingSid')}"
    facts = {name: _said(request, name) for name in sorted(_KEPT & request.POST.keys())}
    payload = {"kind": kind, "attempt": str(line_id), "said": facts}
    if inbox.keep(SOURCE, f"{kind}:{named}"[:200], payload, _said(request, "AccountSid")):
        bells.read_webhooks()
    return HttpResponse(status=204)


def _said(request: HttpRequest, name: str) -> str:
    """A field of the form. The database keeps no NUL, and no carrier sends one."""
    return str(request.POST.get(name, "")).replace("\0", "").strip()


def _xml(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/xml")


def read(events: Sequence[InboxEvent]) -> str:
    """Act on stored events. One that fails does not keep the others back, and is read again."""
    failed = 0
    for event in events:
        try:
            _read_one(event.payload)
        except Exception:  # the inbox gives it back when its lease is over
            log.exception("webhook_failed", kind=str(event.payload.get("kind")), event=event.pk)
            failed += 1
    if failed:
        raise RuntimeError(f"{failed} of {len(events)} webhooks of the carrier could not be read")
    return f"{len(events)} read"


def _read_one(payload: dict[str, Any]) -> None:
    door = CallDoor.objects.filter(attempt_id=payload["attempt"]).first()
    if door is None:
        return
    said: dict[str, str] = payload["said"]
    with acting_for(door.business_id), logs.correlated(payload["attempt"]):
        _READERS[payload["kind"]](UUID(payload["attempt"]), said.get("CallSid", ""), said)


def _read_status(attempt_id: UUID, sid: str, said: dict[str, str]) -> None:
    seconds = said.get("CallDuration", "")
    word, lasted = said.get("CallStatus", ""), int(seconds) if _SECONDS.fullmatch(seconds) else None
    call = Call.objects.filter(pk=attempt_id, attempt=None).first()
    if call is not None:
        inbound.tell_of(call.pk, word, seconds=lasted)
    elif sid:
        tell_of(attempt_id, sid, word, seconds=lasted)


def _read_machine(attempt_id: UUID, sid: str, said: dict[str, str]) -> None:
    """Human, machine or nobody knows. A machine gets our message or no line; unknown stays a person.

    The carrier says it once: the first verdict stands, and none moves a line that is over.
    """
    verdict = said.get("AnsweredBy", "")[:24]
    call = Call.objects.filter(attempt_id=attempt_id, sid=sid).first()
    if call is None or not verdict or call.answered_by not in ("", verdict):
        return
    Call.objects.filter(pk=call.pk, answered_by="").update(answered_by=verdict)
    if verdict not in MACHINES or is_over(call.status):
        return
    if verdict in ("machine_end_beep", "machine_end_silence"):
        outbox.owe(outbox.Act(kind="leave_message", key=f"call:{sid}", facts={"attempt": str(attempt_id)}))
    elif _no_person_found(call):
        stopped_because(attempt_id, verdict)
        facts = {"attempt": str(attempt_id), "sid": sid, "because": verdict}
        outbox.owe(outbox.Act(kind="hang_up", key=f"call:{sid}", facts=facts))


def _no_person_found(call: Call) -> bool:
    """Whoever writes first: a verdict that comes after a person has spoken with us is too late."""
    if a_person_speaks(call):
        return False
    mine = Call.objects.filter(pk=call.pk, right_party=False, disposition="")
    return mine.update(disposition="voicemail_greeting") == 1


def _read_recording(attempt_id: UUID, sid: str, said: dict[str, str]) -> None:
    name = said.get("RecordingSid", "")
    if name and said.get("RecordingStatus") == "completed":
        Call.objects.filter(sid=sid).update(recording_sid=name[:64])


_READERS: dict[str, Callable[[UUID, str, dict[str, str]], None]] = {
    "status": _read_status,
    "amd": _read_machine,
    "recording": _read_recording,
}
