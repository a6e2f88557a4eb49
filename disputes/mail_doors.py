"""Where the mail service of the operator delivers: verified by anymail's own means, or 403; and an answer it understands.

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
from notifications.mail_reading import MOST_BYTES
from syntharra import logs

log = logs.get(__name__)

# anymail's views that read a delivered mail, by what INBOUND_SERVICE may say.
SERVICES = {
    "brevo": "BrevoInboundWebhookView",
    "mailgun": "MailgunInboundWebhookView",
    "mailjet": "MailjetInboundWebhookView",
    "postal": "PostalInboundWebhookView",
    "postmark": "PostmarkInboundWebhookView",
    "sendgrid": "SendGridInboundWebhookView",
    "sparkpost": "SparkPostInboundWebhookView",
}


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def inbound_mail(request: HttpRequest, service: str) -> HttpResponse:
    """One delivery: kept, acted on, 200. Unverified: 403. Unreadable: 400, and the service shows it to the operator."""
    name = SERVICES.get(service)
    if name is None or service != settings.INBOUND_SERVICE or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404("no mail is taken here")
    if request.method == "HEAD":
        return HttpResponse()
    if request.content_type == "application/json":
        # Up to what a mail may weigh in base64, which is more than forms may: read before anything else asks for it.
        request._body = request.read(2 * MOST_BYTES)
    try:
        view: Any = getattr(import_module(f"anymail.webhooks.{service}"), name)()
        view.run_validators(request)
    except AnymailWebhookValidationFailure:
        return HttpResponseForbidden("signed deliveries of the mail service only\n", content_type="text/plain")
    except AnymailConfigurationError as problem:
        log.error("inbound_mail_not_configured", problem=str(problem))
        raise Http404("no mail is taken here") from problem
    try:
        messages = [event.message for event in view.parse_events(request) if event.message is not None]
    except SuspiciousOperation:
        raise
    except (ValueError, KeyError, TypeError, LookupError, AttributeError) as problem:
        log.warning("inbound_mail_unreadable", problem=type(problem).__name__)
        return HttpResponse("this is no delivered mail\n", status=400, content_type="text/plain")
    for message in messages:
        inbound.take(message.as_bytes(), envelope=str(message.envelope_recipient or ""))
    return HttpResponse()
