"""What the carrier asks and tells: signed, or 403 before anything of it is read; each event once; odd input never breaks it."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from calls import answering, bells, twiml
from calls.models import Call, CallDoor
from calls.settling import tell_of
from calls.wrapup import MACHINES, stopped_because
from integrations import inbox
from integrations.models import InboxEvent
from integrations.twilio.webhooks import is_signed
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

type View = Callable[[HttpRequest, UUID], HttpResponse]


def register() -> None:
    """Say who reads what the carrier told us."""
    inbox.reads(SOURCE, read)


def carrier_only(view: View) -> Any:
    """Only for signed requests of our own carrier account, acting for the business of the attempt in the path."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def inner(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
        if not is_signed(request) or request.POST.get("AccountSid") != settings.TWILIO_ACCOUNT_SID:
            return HttpResponseForbidden("signed requests of the carrier only\n", content_type="text/plain")
        door = CallDoor.objects.filter(attempt_id=attempt_id).first()
        if door is None:
            return _xml(twiml.hang_up())
        with acting_for(door.business_id), logs.correlated(str(attempt_id)):
            return view(request, attempt_id)

    return inner


@carrier_only
def voice(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Somebody answered: the last gate. What to do with the line, or not a word."""
    return _xml(answering.answer(attempt_id, _said(request, "CallSid")))


@carrier_only
def after_relay(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """The session with the agent is over, or something failed: an apology where somebody is still on the line."""
    sid, status = _said(request, "CallSid"), _said(request, "SessionStatus")
    return _xml(answering.after_relay(attempt_id, sid, status=status, error=_said(request, "ErrorCode")))


@carrier_only
def status(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    return _kept(request, attempt_id, "status")


@carrier_only
def amd(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    return _kept(request, attempt_id, "amd")


@carrier_only
def recording(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    return _kept(request, attempt_id, "recording")


def _kept(request: HttpRequest, attempt_id: UUID, kind: str) -> HttpResponse:
    """Store it once, answer, and let a worker read it."""
    sid = _said(request, "CallSid")
    token = request.headers.get(IDEMPOTENCY, "").replace("\0", "")
    named = token or f"{sid}:{_said(request, _NAMED_BY[kind])}:{_said(request, 'RecordingSid')}"
    facts = {name: _said(request, name) for name in sorted(_KEPT & request.POST.keys())}
    payload = {"kind": kind, "attempt": str(attempt_id), "said": facts}
    if inbox.keep(SOURCE, f"{kind}:{named}"[:200], payload, settings.TWILIO_ACCOUNT_SID):
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
    if sid:
        word = said.get("CallStatus", "")
        tell_of(attempt_id, sid, word, seconds=int(seconds) if seconds.isdigit() else None)


def _read_machine(attempt_id: UUID, sid: str, said: dict[str, str]) -> None:
    """Human, machine or nobody knows. A machine gets our message or no line; unknown stays a person."""
    verdict = said.get("AnsweredBy", "")[:24]
    call = Call.objects.filter(attempt_id=attempt_id, sid=sid).first()
    if call is None or not verdict:
        return
    Call.objects.filter(pk=call.pk).update(answered_by=verdict)
    if verdict not in MACHINES:
        return
    if verdict in ("machine_end_beep", "machine_end_silence"):
        outbox.owe(outbox.Act(kind="leave_message", key=f"call:{sid}", facts={"attempt": str(attempt_id)}))
    elif _no_person_found(call):
        stopped_because(attempt_id, verdict)
        facts = {"attempt": str(attempt_id), "sid": sid, "because": verdict}
        outbox.owe(outbox.Act(kind="hang_up", key=f"call:{sid}", facts=facts))


def _no_person_found(call: Call) -> bool:
    """Whoever writes first: a verdict that comes after the right person was found is too late."""
    mine = Call.objects.filter(pk=call.pk, right_party=False, disposition="")
    return mine.update(disposition="voicemail_greeting") == 1


def _read_recording(attempt_id: UUID, sid: str, said: dict[str, str]) -> None:
    name = said.get("RecordingSid", "")
    if name and said.get("RecordingStatus") == "completed":
        Call.objects.filter(attempt_id=attempt_id, sid=sid).update(recording_sid=name[:64])


_READERS: dict[str, Callable[[UUID, str, dict[str, str]], None]] = {
    "status": _read_status,
    "amd": _read_machine,
    "recording": _read_recording,
}
