"""What the carrier tells of texts on their way: signed, or 403 before anything of it is read; each word once."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations import inbox
from integrations.bells import ask_to_read_inbox
from integrations.models import InboxEvent
from integrations.twilio.doors import business_at, door_of_account, may_come_in
from notifications import texts
from syntharra import logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)

SOURCE = "twilio_texts"
IDEMPOTENCY = "I-Twilio-Idempotency-Token"


def register() -> None:
    """Say who reads what the carrier told us of texts."""
    inbox.reads(SOURCE, read)


@csrf_exempt
@require_POST
def text_status(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """How far a text is. Kept without its number or words, answered, and read by a worker."""
    door = door_of_account(said(request, "AccountSid"))
    if not may_come_in(request, door):
        return HttpResponseForbidden("signed requests of the carrier only\n", content_type="text/plain")
    business = business_at(said(request, "From"), door)
    sid, status = said(request, "MessageSid")[:64], said(request, "MessageStatus")[:24]
    if business is None or not sid:
        return HttpResponse(status=204)
    named = request.headers.get(IDEMPOTENCY, "").replace("\0", "") or f"{sid}:{status}"
    payload = {
        "business": str(business.pk), "message": str(message_id), "sid": sid, "status": status,
        "error": said(request, "ErrorCode")[:12],
    }  # fmt: skip
    with acting_for(business.pk):
        if inbox.keep(SOURCE, named[:200], payload, said(request, "AccountSid")[:64]):
            ask_to_read_inbox()
    return HttpResponse(status=204)


def said(request: HttpRequest, name: str) -> str:
    """A field of the form. The database keeps no NUL, and no carrier sends one."""
    return str(request.POST.get(name, "")).replace("\0", "").strip()


def read(events: Sequence[InboxEvent]) -> str:
    """Act on stored words. One that fails does not keep the others back, and is read again."""
    failed = 0
    for event in events:
        told = event.payload
        try:
            with acting_for(UUID(told["business"])), logs.correlated(told["message"]):
                texts.told(UUID(told["message"]), told["sid"], told["status"], error_code=told["error"])
        except Exception:  # the inbox gives it back when its lease is over
            log.exception("text_status_failed", event=event.pk)
            failed += 1
    if failed:
        raise RuntimeError(f"{failed} of {len(events)} words about texts could not be read")
    return f"{len(events)} read"
