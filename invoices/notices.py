"""The validation notice: owed with the first conversation, sent within five days, kept as it was sent.

Until it has left nobody calls that person again (``VALIDATION_NOTICE_MISSING``). By e-mail where the books have an address;
else, and where the mail was refused or came back, somebody of the firm prints it, posts it and says so.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.template.loader import get_template, render_to_string
from django.utils import translation

from accounts import timeline
from accounts.models import Business
from compliance.facts import Role
from compliance.models import Channel, Purpose
from compliance.operator import declaration
from compliance.services import role
from compliance.windows import public_holidays
from invoices.models import Contact, Customer, Invoice, ValidationNotice
from notifications.letters import letter_facts
from notifications.models import Message
from notifications.outbox import Letter, owe
from syntharra import clock, money
from syntharra.tenancy import current_business

LETTER = "validation_notice"
WITHIN = timedelta(days=5)  # 15 USC 1692g(a): five days after the initial communication
IN_THE_MAIL = 5  # business days after which a consumer is taken to have it (12 CFR 1006.34(b)(5))
PERIOD = timedelta(days=30)
CREDITORS_TOO = "US-MA"  # 940 CMR 7.08(1), for debts more than thirty days past due
CREDITORS_AFTER = 30
CFPB = "www.cfpb.gov/debt-collection"


@dataclass(frozen=True)
class Sender:
    """Who collects, to the law: the operator for others, the firm for itself."""

    name: str
    address: str
    for_others: bool


def register() -> None:
    """Say what the notice tells, and take note when it has left."""
    letter_facts(LETTER, _facts, sent=_was_sent)


def sender(business: Business) -> Sender:
    """As declared by the operator; in a sandbox without a declaration a stand-in nobody could mistake."""
    for_others = role() is Role.THIRD_PARTY
    declared = declaration()
    if not for_others:
        return Sender(business.name, declared.address if declared else "", for_others=False)
    if declared is not None:
        return Sender(declared.name, declared.address, for_others=True)
    return Sender("Syntharra Sandbox", "1 Sample Street, Columbus, OH 43215", for_others=True)


def version(business: Business) -> str:
    """Names the text that would be sent today; empty while it cannot be written: a sender without name or address."""
    by = sender(business)
    declared = business.sandbox or declaration() is not None
    return _text_version() if by.name and (by.address or not by.for_others) and declared else ""


@cache
def _text_version() -> str:
    files = (get_template(f"letters/{LETTER}.{kind}") for kind in ("txt", "html"))
    sources = "\n".join(getattr(file, "template").source for file in files)  # noqa: B009
    return hashlib.sha256(sources.encode()).hexdigest()[:16]


def needs_notice(customer: Customer, invoice: Invoice, on: date) -> bool:
    """A consumer's debt collected for others; in Massachusetts also by the creditor, when it is late enough."""
    if customer.kind == Customer.Kind.BUSINESS:
        return False
    return role() is Role.THIRD_PARTY or (customer.state == CREDITORS_TOO and invoice.days_late(on) > CREDITORS_AFTER)


def owe_notice(customer: Customer, invoices: Iterable[Invoice], *, key: str) -> list[ValidationNotice]:
    """After a conversation: each debt spoken of that needs the notice and has none under way. Inside the caller's transaction.

    Safe to call twice. Without an address on file the firm is asked to post it.
    """
    on = clock.today(customer.business.time_zone)
    under_way = set(_standing([customer.pk]).values_list("invoice_id", flat=True))
    lacking = [each for each in invoices if needs_notice(customer, each, on) and each.pk not in under_way]
    if not lacking:
        return []
    rows = [_row(customer, invoice, key, on) for invoice in lacking]
    address = _email_of(customer)
    if address:
        letter = Letter(
            letter=LETTER,
            key=key,
            purpose=Purpose.LEGAL,
            channel=Channel.EMAIL,
            to=address,
            customer=customer.pk,
            language=customer.language,
            facts={"key": key},
            about=tuple(invoice.pk for invoice in lacking),
        )
        (message,) = owe(letter)
        ValidationNotice.objects.filter(pk__in=[row.pk for row in rows]).update(message_id=message.pk)
    else:
        ask_to_post(rows[0])
    return rows


def ask_to_post(notice: ValidationNotice) -> None:
    """One task for all debts of the same notice."""
    timeline.record(notice, "asks_owner", by="syntharra", task="post_notice", until=notice.send_by)


def missing(customers: Collection[Customer], spoken: dict[UUID, set[UUID]]) -> set[UUID]:
    """The customers with whom somebody spoke about a debt whose notice has not left, or came back. One query at most.

    ``spoken``: by customer, the invoices spoken of.
    """
    on = clock.now().date()
    concerned = [customer for customer in customers if spoken.get(customer.pk)]
    if role() is not Role.THIRD_PARTY:
        concerned = [customer for customer in concerned if customer.state == CREDITORS_TOO]
    concerned = [customer for customer in concerned if customer.kind != Customer.Kind.BUSINESS]
    if not concerned:
        return set()
    about = {pk for customer in concerned for pk in spoken[customer.pk]}
    sent = set(sent_notices(about).values_list("invoice_id", flat=True))
    if role() is Role.THIRD_PARTY:
        lacking = about - sent
    else:
        unsent = Invoice.objects.filter(pk__in=about - sent).select_related("customer")
        lacking = {invoice.pk for invoice in unsent if needs_notice(invoice.customer, invoice, on)}
    return {customer.pk for customer in concerned if spoken[customer.pk] & lacking}


def sent_notices(invoice_ids: Collection[UUID]) -> Any:
    """Those that have left and have not come back."""
    return ValidationNotice.objects.filter(invoice_id__in=invoice_ids, bounced_at=None).exclude(sent_at=None)


@transaction.atomic
def posted(notice_id: UUID, *, on: date, by: str) -> list[ValidationNotice]:
    """Somebody of the firm put the printed notice in the mail on this day. Twice is once. For a held customer."""
    notice = ValidationNotice.objects.get(pk=notice_id)
    rows = list(ValidationNotice.objects.filter(customer=notice.customer, key=notice.key, sent_at=None))
    rows += list(ValidationNotice.objects.filter(customer=notice.customer, key=notice.key).exclude(bounced_at=None))
    if rows:
        _mark_sent(rows, on=on, how="post", by=by)
        timeline.record(notice, "posted_notice", by=by, customer=notice.customer_id, on=on)
    return list(ValidationNotice.objects.filter(customer=notice.customer, key=notice.key))


@transaction.atomic
def bounced(message_id: UUID) -> int:
    """The mail came back: the notice counts as unsent from here on, and somebody is asked to post it. How many debts."""
    came_back = ValidationNotice.objects.filter(message_id=message_id, sent_how="email", bounced_at=None)
    count = came_back.exclude(sent_at=None).update(bounced_at=clock.now())
    if count:
        ask_to_post(ValidationNotice.objects.filter(message_id=message_id).order_by("pk")[0])
    return count


def page(notice: ValidationNotice) -> str:
    """The notice as HTML: as it was sent, or as it would be printed today."""
    if notice.html:
        return notice.html
    rows = list(ValidationNotice.objects.filter(customer=notice.customer, key=notice.key).order_by("pk"))
    return _html(rows, ends_on=period_end(clock.today(notice.business.time_zone)))


def period_end(sent_on: date) -> date:
    """The day printed on it: thirty days after the consumer is taken to have it (12 CFR 1006.34(b)(5))."""
    day, left = sent_on, IN_THE_MAIL
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day.toordinal() not in public_holidays(None, day.year)
    return day + PERIOD


def _standing(customer_ids: Collection[UUID]) -> Any:
    """Owed or sent, and not come back."""
    return ValidationNotice.objects.filter(customer_id__in=customer_ids, bounced_at=None)


def _row(customer: Customer, invoice: Invoice, key: str, on: date) -> ValidationNotice:
    row, _made = ValidationNotice.objects.get_or_create(
        invoice=invoice,
        key=key,
        defaults={
            "customer": customer,
            "total": invoice.total,
            "balance": invoice.balance,
            "currency": invoice.currency,
            "owed_at": clock.now(),
            "send_by": on + WITHIN,
        },
    )
    return row


def _email_of(customer: Customer) -> str:
    billing = customer.contacts.filter(role=Contact.Role.BILLING).exclude(email="")
    return billing.order_by("rank").values_list("email", flat=True).first() or ""


def _facts(message: Message) -> dict[str, Any]:
    rows = list(ValidationNotice.objects.filter(message_id=message.pk).order_by("pk"))
    return _context(rows, ends_on=period_end(clock.today(message.business.time_zone)))


def _was_sent(message: Message) -> None:
    rows = list(ValidationNotice.objects.filter(message_id=message.pk))
    _mark_sent(rows, on=clock.today(message.business.time_zone), how="email", by="syntharra")


def _mark_sent(rows: list[ValidationNotice], *, on: date, how: str, by: str) -> None:
    ends_on = period_end(on)
    html = _html(rows, ends_on=ends_on)
    sent = {
        "sent_at": clock.now(),
        "sent_how": how,
        "sent_by": by,
        "bounced_at": None,
        "period_ends_on": ends_on,
        "html": html,
        "sha256": hashlib.sha256(html.encode()).hexdigest(),
        "version": _text_version(),
    }
    ValidationNotice.objects.filter(pk__in=[row.pk for row in rows]).update(**sent)


def _html(rows: list[ValidationNotice], *, ends_on: date) -> str:
    context = _context(rows, ends_on=ends_on)
    with translation.override(context["customer"].language):
        return render_to_string(f"letters/{LETTER}.html", context)


def _context(rows: list[ValidationNotice], *, ends_on: date) -> dict[str, Any]:
    business = Business.objects.get(pk=current_business())
    customer = Customer.objects.get(pk=rows[0].customer_id)
    by_pk = Invoice.objects.in_bulk([row.invoice_id for row in rows])
    return {
        "business": business,
        "customer": customer,
        "address": _address(customer),
        "sender": sender(business),
        "ends_on": ends_on,
        "cfpb": CFPB,
        "debts": [_debt(row, by_pk[row.invoice_id]) for row in rows],
    }


def _address(customer: Customer) -> list[str]:
    """Street, then city with state and ZIP code; nothing where the books have no street."""
    place = " ".join(part for part in (customer.state.removeprefix("US-"), customer.zip) if part)
    return [customer.street, ", ".join(part for part in (customer.city, place) if part)] if customer.street else []


def _debt(row: ValidationNotice, invoice: Invoice) -> dict[str, Any]:
    """What was billed, what was paid or credited since, what was added, what is owed (12 CFR 1006.34(c)(2)(vi)-(viii))."""
    less, more = max(row.total - row.balance, Decimal(0)), max(row.balance - row.total, Decimal(0))
    return {
        "number": invoice.number,
        "issued_on": invoice.issued_on,
        "total": money.of(row.total, row.currency),
        "paid": money.of(less, row.currency),
        "added": money.of(more, row.currency),
        "balance": money.of(row.balance, row.currency),
    }
