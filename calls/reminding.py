"""The two polite e-mails a firm may switch on: one the day after the due date, one a week after it. Off by default.

They ask for money, so the gate, a freeze, a pause and every hold bind them as they bind a call.
"""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from accounts.models import Business
from calls.models import Attempt
from compliance.models import Channel, Purpose
from disputes import pay_links
from disputes.letters import email_of
from invoices.models import Contact, Invoice
from notifications import outbox
from notifications.letters import NoLongerTrue, letter_facts, ways_out
from notifications.models import Message
from notifications.outbox import Letter
from syntharra import links

STEPS = (1, 7)  # days past due
CATCH_UP = 1  # a missed day is made up for on the next; later it is let be
LETTER, LINK = "polite_reminder", "no_email"
LINK_LASTS = timedelta(days=365)


def register() -> None:
    """Say what the polite e-mails tell."""
    letter_facts(LETTER, _told)
    ways_out(Purpose.COLLECT, _no_email)


def owe(business: Business, *, on: date) -> int:
    """The e-mails whose day has come, each once; how many."""
    if not business.polite_emails:
        return 0
    days = Q(pk=None)
    for step in STEPS:
        days |= Q(due_on__lte=on - timedelta(days=step), due_on__gte=on - timedelta(days=step + CATCH_UP))
    ripe = Invoice.objects.collectable(on=on).filter(days).select_related("customer").order_by("customer_id", "pk")
    addresses = _addresses({invoice.customer_id for invoice in ripe})
    letters = []
    for invoice in ripe:
        if invoice.customer_id in addresses:
            letters.append(_letter(invoice, invoice.days_late(on), addresses[invoice.customer_id]))
    return len(outbox.owe(*letters)) if letters else 0


def _addresses(customers: set[Any]) -> dict[Any, str]:
    """The billing contacts' addresses, the lowest rank first."""
    found: dict[Any, str] = {}
    billing = Contact.objects.filter(customer_id__in=customers, role=Contact.Role.BILLING).exclude(email="")
    for customer, address in billing.order_by("rank").values_list("customer_id", "email"):
        found.setdefault(customer, address)
    return found


def _letter(invoice: Invoice, late: int, address: str) -> Letter:
    step = max(step for step in STEPS if step <= late)
    return Letter(
        letter=LETTER,
        key=f"{invoice.pk}:{step}",
        purpose=Purpose.COLLECT,
        channel=Channel.EMAIL,
        to=address,
        customer=invoice.customer_id,
        language=invoice.customer.language,
        facts={"step": step},
        about=(invoice.pk,),
    )


def _told(message: Message) -> dict[str, Any]:
    """What is owed when the e-mail leaves. Overtaken by a call, or by the customer's mailbox: it does not leave."""
    invoice = Invoice.objects.filter(messages__message=message).select_related("customer", "business").get()
    if Attempt.objects.filter(about__invoice=invoice, counted=True).exists():
        raise NoLongerTrue("they were called about it meanwhile")
    if email_of(invoice.customer) != message.to:
        raise NoLongerTrue("the address has changed")
    return {
        "customer": invoice.customer,
        "invoice": invoice,
        "pay_url": pay_links.url_to([invoice]),
        "first": message.facts.get("step") == STEPS[0],
        "no_email_url": _no_email(message),
    }


def _no_email(message: Message) -> str:
    """Where he ends e-mails that ask for money: a page by GET, done by POST, also by his mail program's own button."""
    assert message.customer_id is not None
    token = links.make(LINK, message.customer_id, lasts=LINK_LASTS)
    return str(urljoin(settings.PUBLIC_URL, reverse("no_email", args=[token])))
