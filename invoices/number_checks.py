"""Is this still your number? Asked by e-mail where a consent has grown old; answered by the customer on a page of his own.

Without access to the Reassigned Numbers Database a consent nobody confirmed for half a year rings no phone (RULES 5;
47 CFR 64.1200(m)). The letter speaks of no invoice.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from compliance.models import Channel, Consent, Purpose, StopKind
from compliance.services import confirm_consent, stop
from invoices.models import Contact, Customer
from invoices.services import hold_customer
from notifications.letters import NoLongerTrue, letter_facts
from notifications.models import Message
from notifications.outbox import Letter, owe
from syntharra import clock, links
from syntharra.models import Link

LETTER, PURPOSE = "number_check", "number"
PAGE_LASTS = timedelta(days=30)
ANSWERS = ("mine", "not_mine", "no_calls")


class NobodyToAsk(Exception):
    """The books have no e-mail address to ask at."""


def register() -> None:
    """Say what the letter tells."""
    letter_facts(LETTER, _facts)


def address_of(customer: Customer) -> str:
    """The billing contact's e-mail address, or empty."""
    billing = customer.contacts.filter(role=Contact.Role.BILLING).exclude(email="")
    return billing.order_by("rank").values_list("email", flat=True).first() or ""


@transaction.atomic
def ask(consent_id: UUID) -> Message:
    """Owe the customer the question about this number; once a day at most. Raises NobodyToAsk."""
    consent = Consent.objects.select_related("customer").get(pk=consent_id, revoked_at=None)
    hold_customer(consent.customer_id)
    address = address_of(consent.customer)
    if not address:
        raise NobodyToAsk
    on = clock.today(consent.business.time_zone)
    letter = Letter(
        letter=LETTER,
        key=f"{consent.pk}:{on}",
        purpose=Purpose.SERVICE,
        channel=Channel.EMAIL,
        to=address,
        customer=consent.customer_id,
        language=consent.customer.language,
        facts={"consent": str(consent.pk)},
    )
    (message,) = owe(letter)
    assert isinstance(message, Message)
    return message


@transaction.atomic
def answered(link: Link, answer: str) -> None:
    """What the customer chose on the page; the link is spent by it. Raises DeadLink when somebody was faster."""
    links.use(link)
    consent = Consent.objects.select_related("customer").get(pk=link.subject)
    hold_customer(consent.customer_id)
    by, source = consent.customer.name, "page"
    if answer == "mine":
        on = clock.today(consent.business.time_zone)
        confirm_consent(consent.pk, on=on, how="said on the page we asked on", by=by)
        return
    kind = StopKind.WRONG_NUMBER if answer == "not_mine" else StopKind.OPT_OUT
    words = "not my number" if answer == "not_mine" else "do not call this number"
    stop(consent.customer_id, kind, number=consent.number, words=words, source=source, by=by)


def _facts(message: Message) -> dict[str, Any]:
    consent = Consent.objects.filter(pk=message.facts["consent"], revoked_at=None).select_related("customer").first()
    if consent is None:
        raise NoLongerTrue("the consent was revoked meanwhile")
    token = links.make(PURPOSE, consent.pk, lasts=PAGE_LASTS)
    url = urljoin(f"{settings.PUBLIC_URL}/", reverse("number_check", args=[token]).lstrip("/"))
    return {"customer": consent.customer, "number": consent.number, "url": url}
