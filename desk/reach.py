"""The rows behind the page on how a customer may be reached."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from compliance.models import Consent, Statement, Suppression, TextConsent
from compliance.rulebook import RuleBook
from desk.wording.rules import statement_words
from invoices.models import Contact, Customer, ValidationNotice
from syntharra import money
from syntharra.money import Money
from syntharra.templatetags.syntharra import day_words, phone


@dataclass(frozen=True)
class ConsentRow:
    pk: UUID | None  # None: a number without any
    number: str
    basis: str
    given: str
    confirmed: str
    tone: str
    state: str
    ageing: bool = False  # it will be too old within a month


@dataclass(frozen=True)
class TextConsentRow:
    pk: UUID
    number: str
    basis: str
    given: str
    answers_only: bool


@dataclass(frozen=True)
class StatementRow:
    pk: UUID
    words: str
    number: str
    said: str
    by: str
    at: datetime
    ended: str


@dataclass(frozen=True)
class StopRow:
    pk: UUID
    customer: str
    customer_pk: UUID
    kind: str
    number: str
    words: str
    source: str
    at: datetime
    lifted: str
    file: bool


@dataclass(frozen=True)
class NoticeRow:
    pk: UUID
    numbers: str
    balance: Money
    state: str
    word: str
    words: str
    unsent: bool


def numbers_of(customer: Customer) -> list[tuple[str, str]]:
    """Every number on file: as it is kept, and as it is read, with whose it is."""
    contacts = customer.contacts.exclude(phone="").order_by("rank", "pk")
    found: dict[str, str] = {}
    for contact in contacts:
        found.setdefault(
            contact.phone, f"{phone(contact.phone)} · {contact.name}" if contact.name else phone(contact.phone)
        )
    return list(found.items())


def consents_of(customer: Customer, on: date) -> list[ConsentRow]:
    """Each callable number with its consent or without; the newest first for a number that has several."""
    days = RuleBook.load().file.consent_age.days
    rows = {consent.number: consent for consent in customer.consents.filter(revoked_at=None).order_by("given_on", "pk")}
    billing = customer.contacts.filter(role=Contact.Role.BILLING).exclude(phone="").order_by("rank", "pk")
    numbers = list(dict.fromkeys([*billing.values_list("phone", flat=True), *rows]))
    return [_consent(number, rows.get(number), on, days) for number in numbers]


def text_consents_of(customer: Customer) -> list[TextConsentRow]:
    """Each number that may be texted, and why."""
    rows = customer.text_consents.filter(revoked_at=None).order_by("number", "scope", "at")
    return [_text_consent(row) for row in rows]


def _text_consent(row: TextConsent) -> TextConsentRow:
    facts = {"day": day_words(row.given_on), "who": row.given_by, "by": row.attested_by}
    given = _("given %(day)s by %(who)s; stated by %(by)s") if row.source == "member" else _("%(day)s, %(who)s")
    return TextConsentRow(
        row.pk, phone(row.number), row.basis, given % facts, answers_only=row.scope == TextConsent.Scope.ANSWERS
    )


def statements_of(customer: Customer) -> list[StatementRow]:
    """What they said, what binds first."""
    told = Statement.objects.filter(customer=customer).order_by("ended_at", "-at", "-pk")
    running = [row for row in told if row.ended_at is None]
    return [_statement(row) for row in [*running, *(row for row in told if row.ended_at is not None)]]


def stops_of(customer: Customer) -> list[StopRow]:
    return [stop_row(row) for row in customer.suppressions.select_related("customer").order_by("lifted_at", "-at")]


def stop_row(row: Suppression) -> StopRow:
    lifted = ""
    if row.lifted_at is not None:
        lifted = _("lifted %(day)s by %(who)s: %(why)s") % {
            "day": day_words(row.lifted_at.date()),
            "who": row.lifted_by,
            "why": row.lifted_reason,
        }
    return StopRow(
        pk=row.pk,
        customer=row.customer.name,
        customer_pk=row.customer_id,
        kind=str(row.get_kind_display()),
        number=phone(row.number) if row.number else "",
        words=row.words,
        source=_source(row.source),
        at=row.at,
        lifted=lifted,
        file=bool(row.lifted_file),
    )


def notices_of(customer: Customer) -> list[NoticeRow]:
    """One line for each notice, newest first, whatever debts stand in it."""
    rows = ValidationNotice.objects.filter(customer=customer).select_related("invoice").order_by("-owed_at", "pk")
    by_key: dict[str, list[ValidationNotice]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    return [_notice(mine) for mine in by_key.values()]


def _consent(number: str, consent: Consent | None, on: date, days: int) -> ConsentRow:
    if consent is None:
        return ConsentRow(None, phone(number), "", "", "", "late", _("none on record: not called"))
    latest = max(consent.given_on, consent.confirmed_on or consent.given_on)
    age = (on - latest).days
    confirmed = ""
    if consent.confirmed_on:
        confirmed = _("confirmed %(day)s: %(how)s") % {
            "day": day_words(consent.confirmed_on),
            "how": consent.confirmed_how,
        }
    given = _("given %(day)s by %(who)s; stated by %(by)s") % {
        "day": day_words(consent.given_on),
        "who": consent.given_by,
        "by": consent.attested_by,
    }
    if age > days:
        return ConsentRow(
            consent.pk,
            phone(number),
            consent.basis,
            given,
            confirmed,
            "late",
            _("too old: ask whether the number is still theirs"),
        )
    ageing = days - age < 30
    state = _("holds for %(n)d more days") % {"n": days - age} if ageing else _("holds")
    return ConsentRow(consent.pk, phone(number), consent.basis, given, confirmed, "recovered", state, ageing)


def _statement(row: Statement) -> StatementRow:
    ended = ""
    if row.ended_at is not None:
        ended = _("no longer, since %(day)s: %(why)s") % {
            "day": day_words(row.ended_at.date()),
            "why": row.ended_reason,
        }
    return StatementRow(
        row.pk, statement_words(row), phone(row.number) if row.number else "", row.words, _who(row.by), row.at, ended
    )


def _who(by: str) -> str:
    return _("heard on a call") if by == "agent" else by


def _source(source: str) -> str:
    if source.startswith("call"):
        return _("said on a call")
    source = {"mail": "email", "text": "sms"}.get(source.partition(":")[0], source)
    return {
        "member": _("told to the firm"),
        "page": _("said on a page"),
        "email": _("by e-mail"),
        "sms": _("by text message"),
        "carrier": _("STOP, told to the carrier"),
    }.get(source, source)


def _notice(rows: list[ValidationNotice]) -> NoticeRow:
    first = rows[0]
    numbers = ", ".join(row.invoice.number for row in rows)
    balance = money.of(sum(row.balance for row in rows), first.currency)
    if first.sent_at is not None and first.bounced_at is None:
        how = _("posted %(day)s") if first.sent_how == "post" else _("e-mailed %(day)s")
        words = how % {"day": day_words(first.sent_at.date())}
        until = first.period_ends_on
        ends = _("; written disputes ask for proof until %(day)s") % {"day": day_words(until)} if until else ""
        return NoticeRow(first.pk, numbers, balance, "recovered", _("sent"), words + ends, unsent=False)
    if first.bounced_at is not None:
        return NoticeRow(
            first.pk,
            numbers,
            balance,
            "late",
            _("came back"),
            _("print and post it; until then no second call"),
            unsent=True,
        )
    words = _("to be sent by %(day)s; until then no second call") % {"day": day_words(first.send_by)}
    return NoticeRow(first.pk, numbers, balance, "clock", _("not sent yet"), words, unsent=True)
