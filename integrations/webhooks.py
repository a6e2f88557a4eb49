"""Where vendors ring: verify, store once, answer 200 at once, and let a task read it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations import bells, inbox
from integrations.inbox import Delivered
from integrations.quickbooks import webhooks as quickbooks_form
from syntharra import logs

log = logs.get(__name__)

LARGEST = 1_000_000


@csrf_exempt
@require_POST
def quickbooks(request: HttpRequest) -> HttpResponse:
    """A hint that something changed in somebody's books: 200, or 401 forged, 413 too large, 400 unreadable."""
    if _size(request) > LARGEST:
        return _refused("too_large", 413)
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return _refused("too_large", 413)
    signature = request.headers.get(quickbooks_form.SIGNATURE, "")
    if not quickbooks_form.is_signed(body, signature, settings.QUICKBOOKS_WEBHOOK_VERIFIER):
        return _refused("not_signed", 401)
    try:
        events = quickbooks_form.events_in(body)
    except quickbooks_form.NotAWebhook as error:
        return _refused("unreadable", 400, why=str(error))
    ours = [Delivered(event.event_id, event.payload, event.account) for event in events if event.object]
    new = inbox.keep_all("quickbooks", ours)
    if new:
        bells.ask_to_read_inbox()
    log.info("webhook_stored", source="quickbooks", events=len(events), new=new)
    return HttpResponse(status=200)


def _size(request: HttpRequest) -> int:
    said = request.headers.get("Content-Length", "")
    return int(said) if said.isdecimal() and len(said) < 20 else 0


def _refused(reason: str, status: int, **facts: str) -> HttpResponse:
    """Counted by its line in the log; the answer says nothing a forger could learn from."""
    log.warning("webhook_refused", source="quickbooks", reason=reason, **facts)
    return HttpResponse(status=status)
