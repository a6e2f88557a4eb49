"""Where the mail service of the operator delivers mail, and says what became of ours: verified by anymail's own means, or 403.

anymail's view checks the request (the secret in the address as basic auth, and the service's signature where it has one)
and reads it; what it reads goes to the same place as mail from a mailbox. Without ``INBOUND_SERVICE`` and
``INBOUND_SECRET`` there is no such door.
"""

from importlib import import_module
from typing import Any

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from disputes import inbound
from disputes import mail_events as events
from notifications.mail_reading import MOST_BYTES
from syntharra import logs

log = logs.get(__name__)

# The beginning of the names of anymail's views, by what INBOUND_SERVICE and MAIL_EVENTS_SERVICE may say.
SERVICES = {
    "brevo": "Brevo",
    "mailgun": "Mailgun",
    "mailjet": "Mailjet",
    "postal": "Postal",
    "postmark": "Postmark",
    "sendgrid": "SendGrid",
    "sparkpost": "SparkPost",
}


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def inbound_mail(request: HttpRequest, service: str) -> HttpResponse:
    """One delivery: kept, acted on, 200. Unverified: 403. Unreadable: 400, and the service shows it to the operator."""
    found = _events(request, service, wanted=settings.INBOUND_SERVICE, kind="Inbound")
    if isinstance(found, HttpResponse):
        return found
    for message in [event.message for event in found if event.message is not None]:
        inbound.take(message.as_bytes(), envelope=str(message.envelope_recipient or ""))
    return HttpResponse()


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def mail_events(request: HttpRequest, service: str) -> HttpResponse:
    """What became of letters: each acted on, 200; 503 where one is still being sent, and the service comes again."""
    found = _events(request, service, wanted=settings.MAIL_EVENTS_SERVICE, kind="Tracking")
    if isinstance(found, HttpResponse):
        return found
    again = False
    for event in found:
        why = " ".join(str(part) for part in (event.reject_reason, event.mta_response, event.description) if part)
        try:
            done = events.take(
                events.Event(
                    kind=str(event.event_type or ""),
                    letter=str(event.message_id or ""),
                    recipient=str(event.recipient or ""),
                    why=" ".join(why.split())[:160],
                    given=event.metadata,
                )
            )
            log.info("mail_event", service=service, kind=event.event_type, done=done)
        except events.NotYet:
            again = True
    return HttpResponse("one is still being sent: ask again\n", status=503) if again else HttpResponse()


def _events(request: HttpRequest, service: str, *, wanted: str, kind: str) -> list[Any] | HttpResponse:
    """What the service says, verified and read; or the answer that refuses it. Raises Http404 where there is no such door."""
    name = SERVICES.get(service)
    if name is None or service != wanted or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404("no mail is taken here")
    if request.method == "HEAD":
        return HttpResponse()
    if request.content_type == "application/json":
        # Up to what a mail may weigh in base64, which is more than forms may: read before anything else asks for it.
        request._body = request.read(2 * MOST_BYTES)
    try:
        view: Any = getattr(import_module(f"anymail.webhooks.{service}"), f"{name}{kind}WebhookView")()
        view.run_validators(request)
    except AnymailWebhookValidationFailure:
        return HttpResponseForbidden("signed deliveries of the mail service only\n", content_type="text/plain")
    except AnymailConfigurationError as problem:
        log.error("inbound_mail_not_configured", problem=str(problem))
        raise Http404("no mail is taken here") from problem
    try:
        return list(view.parse_events(request))
    except SuspiciousOperation:
        raise
    except (ValueError, KeyError, TypeError, LookupError, AttributeError, AnymailConfigurationError) as problem:
        log.warning("inbound_mail_unreadable", problem=type(problem).__name__)
        return HttpResponse("this is no delivered mail\n", status=400, content_type="text/plain")
