"""Where a text to one of a firm's numbers comes in: signed by the carrier, or 403; kept once; answered at once."""

from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from disputes import inbound, inbound_texts
from integrations.twilio.doors import business_at, door_of_account, may_come_in
from notifications.webhooks import said
from syntharra import logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)

NOTHING = "<Response/>"


@csrf_exempt
@require_POST
def inbound_text(request: HttpRequest) -> HttpResponse:
    """One text: kept with its hold or stop before anything is answered. A number of ours nobody has: not a word."""
    door = door_of_account(said(request, "AccountSid"))
    if not may_come_in(request, door):
        return HttpResponseForbidden("signed requests of the carrier only\n", content_type="text/plain")
    business = business_at(said(request, "To"), door)
    sid, sender = said(request, "MessageSid"), said(request, "From")[:16]
    if business is None or not sid or not sender:
        return _xml(NOTHING)
    media = said(request, "NumMedia")
    with acting_for(business.pk), logs.correlated(sid[:64]):
        row = inbound_texts.keep(
            sid=sid, sender=sender, line=said(request, "To")[:16], body=said(request, "Body"),
            media=int(media) if media.isdecimal() and len(media) < 3 else 0,
            by_carrier=said(request, "OptOutType").upper() == "STOP",
        )  # fmt: skip
        try:
            inbound.act(row.pk)
        except Exception:  # kept, held or stopped, and due: the sweep comes by
            log.exception("text_not_acted_on", text=str(row.pk))
        words = inbound_texts.answer_to_stranger(row, business)
    return _xml(f"<Response><Message>{escape(words)}</Message></Response>" if words else NOTHING)


def _xml(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/xml")
