"""What an installation and each of its firms still lack before real people may be called. Asks nothing of the outside."""

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Business
from compliance import stop_requests, texting
from compliance.models import Purpose
from compliance.operator import licensed_states
from compliance.readiness import Lack, lacks
from compliance.registry import registered
from compliance.rulebook import RuleBook
from disputes.hearing import ModelMissing, hear
from integrations.errors import Disconnected
from integrations.models import Connection, PhoneLine
from integrations.reminders import lacks_answer
from integrations.twilio.keys import keys_of
from invoices.models import Customer, Invoice
from invoices.notices import version
from syntharra import clock

STOP_REQUESTS_WITHIN = timedelta(days=7)
PLACEHOLDER = "localhost.example"


def of_installation() -> list[Lack]:
    """What every live call waits for, whichever firm it is for."""
    return [
        *lacks(clock.now().date()),
        *_addresses(),
        *_carrier(),
        *_mail(),
        *_inbound(),
        *_hearing(),
        *_purposes(),
        *_cards(),
        *_stop_requests(),
    ]


def of_business(business: Business) -> list[Lack]:
    """What the calls of this one live firm wait for. While acting for it."""
    return [*_line(business), *_books(business), *_consent(business), *_dispute_contact(business), *_licenses(business)]


def switched_off(business: Business) -> list[Lack]:
    """What this live firm does without until somebody switches it on; its calls wait for none of it."""
    if business.sandbox or texting.registration() is not None:
        return []
    words = _("No text of it leaves: its texts are not registered with the carriers.")
    remedy = _("Register brand and campaign, then run manage.py operator messaging %(pk)s --reference …")
    return [Lack("messaging", words, remedy % {"pk": business.pk})]


def _addresses() -> Iterator[Lack]:
    public, relay = urlsplit(settings.PUBLIC_URL), urlsplit(settings.RELAY_URL)
    if public.scheme != "https" or public.hostname in ("127.0.0.1", "localhost"):
        words = _("The carrier and the customers cannot reach %(url)s.") % {"url": settings.PUBLIC_URL}
        yield Lack("public_url", words, _("Set PUBLIC_URL to the https address of this installation."))
    if relay.scheme != "wss" or relay.hostname in ("127.0.0.1", "localhost"):
        words = _("The carrier cannot open a call's line to %(url)s.") % {"url": settings.RELAY_URL}
        yield Lack("relay_url", words, _("Set RELAY_URL to the wss address of the relay."))


def _carrier() -> Iterator[Lack]:
    if not settings.TWILIO_ACCOUNT_SID or not settings.TWILIO_AUTH_TOKEN:
        yield Lack(
            "carrier_credentials",
            _("There is no account at the carrier."),
            _("Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN."),
        )


def _mail() -> Iterator[Lack]:
    if PLACEHOLDER in settings.DEFAULT_FROM_EMAIL:
        words = _("Letters would come from %(sender)s, which is nobody.") % {"sender": settings.DEFAULT_FROM_EMAIL}
        yield Lack("mail_from", words, _("Set MAIL_FROM, and EMAIL_URL to the mail server."))


def _inbound() -> Iterator[Lack]:
    """Letters name reply addresses, and nothing brings what is written to them."""
    ways = (
        settings.INBOUND_MAILDIR,
        settings.INBOUND_IMAP,
        settings.INBOUND_SERVICE and settings.ANYMAIL["WEBHOOK_SECRET"],
    )
    if settings.INBOUND_DOMAIN and not any(ways):
        words = _("Customers are told to write to %(domain)s, and nobody fetches that mail.")
        what_to_do = _("Set INBOUND_SERVICE with INBOUND_SECRET, or INBOUND_IMAP, or INBOUND_MAILDIR.")
        yield Lack("inbound_mail", words % {"domain": settings.INBOUND_DOMAIN}, what_to_do)


def _hearing() -> Iterator[Lack]:
    """A call that cannot hear a dispute must not be made."""
    try:
        hear("this bill is wrong")
    except ModelMissing as missing:
        yield Lack("hearing_model", str(missing), _("Install the release whole, with its model."))


def _purposes() -> Iterator[Lack]:
    for purpose in Purpose:
        if purpose not in registered():
            words = _("No part of the program answers for contacts of the purpose %(purpose)s.")
            yield Lack("purpose", words % {"purpose": purpose}, _("Install the release whole."))


def _cards() -> Iterator[Lack]:
    """Paying by card is nobody's must; set up by half, money would come in that nobody here hears of."""
    secret = settings.STRIPE_SECRET_KEY
    if not secret and not settings.STRIPE_CLIENT_ID:
        return
    if not secret or not settings.STRIPE_CLIENT_ID or not settings.STRIPE_CONNECT_WEBHOOK_SECRET:
        what_to_do = _("Set STRIPE_SECRET_KEY, STRIPE_CLIENT_ID and STRIPE_CONNECT_WEBHOOK_SECRET, or none of them.")
        yield Lack("cards", _("Paying by card is set up by half."), what_to_do)


def _stop_requests() -> Iterator[Lack]:
    """The law gives ten business days for a wish not to be called (47 CFR 64.1200(a)(10)); a week is late enough."""
    late = [one for one in stop_requests.waiting() if clock.now() - one.asked_at > STOP_REQUESTS_WITHIN]
    if late:
        words = ngettext(
            "%(n)d wish not to be called, asked on the public page, waits for a decision.",
            "%(n)d wishes not to be called, asked on the public page, wait for a decision.",
            len(late),
        )
        yield Lack("stop_requests", words % {"n": len(late)}, _("Run manage.py stop_requests."))


def _line(business: Business) -> Iterator[Lack]:
    try:
        keys_of(business)
    except Disconnected as missing:
        yield Lack(
            "carrier_account", str(missing), _("Run manage.py carrier_account %(pk)s --open.") % {"pk": business.pk}
        )
    if not PhoneLine.objects.filter(sandbox=False, released_at=None).exists():
        yield Lack("number", _("It has no telephone number of its own."), _("Give it one under “Numbers”."))


def _books(business: Business) -> Iterator[Lack]:
    books = list(Connection.objects.filter(state=Connection.State.CONNECTED))
    if not books:
        yield Lack("books", _("Its books are not connected."), _("An owner or manager connects them."))
    for connection in books:
        if lacks_answer(connection):
            words = _("Nobody has said whether %(vendor)s sends reminders of its own.")
            yield Lack(
                "reminders",
                words % {"vendor": connection.get_provider_display()},
                _("The owner says it under “Your books”."),
            )


def _consent(business: Business) -> Iterator[Lack]:
    if business.consent_attested_at is None:
        yield Lack(
            "consent_basis",
            _("It is not on record why its customers may be called."),
            _("An owner or manager says it under “Why your customers may be called”."),
        )


def _dispute_contact(business: Business) -> Iterator[Lack]:
    if not (business.dispute_contact and business.dispute_phone and business.callback_number):
        yield Lack(
            "dispute_contact",
            _("Nobody is named who answers when a customer disagrees, or no number to call back."),
            _("An owner names them."),
        )


def _licenses(business: Business) -> Iterator[Lack]:
    """The states where its open invoices are and where nobody may be called for want of a license."""
    if settings.ROLE == "own_books":
        return
    rules, holding = RuleBook.load(), licensed_states(_today(business))
    owing = Customer.objects.filter(pk__in=Invoice.objects.open().values("customer"))
    for code in owing.exclude(state="").values_list("state", flat=True).distinct().order_by("state"):
        state = rules.state(code)
        if state is not None and state.needs_license and code not in holding:
            words = _("No license or opinion is on record for %(state)s: its customers there are not called.")
            remedy = _("Run manage.py operator license %(code)s --reference … --from …, or opinion.")
            yield Lack("license", words % {"state": state.name}, remedy % {"code": code})
    if business.consumer_calls and not version(business):
        yield Lack(
            "notice_text", _("The notice after a first conversation cannot be written."), _("Declare name and address.")
        )


def _today(business: Business) -> date:
    return clock.today(business.time_zone)
