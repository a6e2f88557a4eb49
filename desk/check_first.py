"""What keeps overdue invoices from being called until somebody looks: by customer, reason by reason, with the money behind."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Business
from calls.planning import DAYS_LATE
from desk import sums
from desk.standing import invoice_url, today
from desk.wording.checks import DISPUTED, ICONS, words_for
from invoices import checks
from invoices.checking import credit_of, open_findings
from invoices.checks import Finding, Reason
from invoices.models import Allocation, Customer, Invoice, InvoiceLine
from syntharra import money
from syntharra.money import Money
from syntharra.templatetags.syntharra import day_words

SHOWN_INVOICES = 6
SHOWN_QUOTES = 2
EXCERPT = 46


@dataclass(frozen=True)
class Waiting:
    """One invoice and what is to be looked at; what the books mark as disputed has no finding of its own."""

    invoice: Invoice
    found: list[Finding]


@dataclass(frozen=True)
class Line:
    """One reason at one customer and all it is about: ticked together. Without ``what`` no tick helps."""

    icon: str
    words: str
    quotes: list[str]
    invoices: list[tuple[str, str]]  # number, address
    more: int  # further invoices that are not named
    sum: str
    what: list[str] = field(default_factory=list)
    freeze_url: str = ""


@dataclass(frozen=True)
class Group:
    """One customer, the most money first."""

    customer: UUID
    name: str
    url: str
    lines: list[Line]
    sum: str
    what: list[str]

    @property
    def tickable(self) -> int:
        return sum(1 for line in self.lines if line.what)


def waiting(business: Business) -> tuple[list[Waiting], list[Invoice]]:
    """Late invoices that wait for a look, and those without a due date, of which nobody can say that they are late."""
    on = today()
    late = Q(due_on=None) | Q(due_on__lte=on - timedelta(days=DAYS_LATE))
    listed = list(business.invoices.collectable(on=on).filter(late).order_by("due_on", "number"))
    dated = [invoice for invoice in listed if invoice.due_on is not None]
    found = open_findings(dated, business=business)
    waits = [Waiting(one, found[one.pk]) for one in dated if found[one.pk] or one.disputed_in_books]
    return waits, [invoice for invoice in listed if invoice.due_on is None]


def sum_of(invoices: Iterable[Invoice], currency: str) -> str:
    """What is owed on these, each currency by itself: ``$8,420.00``."""
    by_code: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in invoices:
        by_code[invoice.currency] += invoice.balance
    own = money.of(by_code.pop(currency, Decimal(0)), currency)
    others: list[Money] = [money.of(amount, code) for code, amount in sorted(by_code.items())]
    return sums.named(own, others) if own or not others else sums.named(others[0], others[1:])


def by_customer(waits: Iterable[Waiting]) -> list[list[Waiting]]:
    """Each customer's together; the most money first."""
    found: dict[UUID, list[Waiting]] = defaultdict(list)
    for one in waits:
        found[one.invoice.customer_id].append(one)
    return sorted(found.values(), key=lambda group: (-sum(one.invoice.balance for one in group), group[0].invoice.pk))


def groups(listed: Sequence[Sequence[Waiting]], *, currency: str) -> list[Group]:
    """These customers as the page shows them. Six queries however many."""
    known = _Known.of([one for group in listed for one in group])
    return [_group(group, known, currency) for group in listed]


def lines_of(waits: Sequence[Waiting], *, currency: str) -> list[Line]:
    """The reasons of one customer's invoices, in the order of the codes."""
    return _lines(waits, _Known.of(waits), currency)


def parted(what: str) -> tuple[str, str]:
    """A reason and what it is about, as a form brings them back."""
    reason, _bar, about = what.partition("|")
    return reason, about


@dataclass(frozen=True)
class _Known:
    """What the sentences need beside the findings."""

    customers: dict[UUID, Customer]
    credit: dict[UUID, Decimal]
    coming: dict[UUID, list[str]]
    texts: dict[UUID, list[str]]

    @classmethod
    def of(cls, waits: Sequence[Waiting]) -> "_Known":
        customers = Customer.objects.in_bulk({one.invoice.customer_id for one in waits})
        kinds = defaultdict(set)
        for one in waits:
            for finding in one.found:
                kinds[finding.kind].add(one.invoice.pk)
        return cls(
            customers=customers,
            credit=credit_of(customers.values()) if kinds["credit"] else {},
            coming=_coming(kinds["in_flight"]),
            texts=_texts(kinds["word"] | kinds["late_fee"]),
        )


def _coming(invoices: set[UUID]) -> dict[UUID, list[str]]:
    """``Payment of $300.00 on its way since Oct 12``."""
    meant = Allocation.objects.filter(invoice__in=invoices, kind=Allocation.Kind.COMING, amount__gt=0)
    found: dict[UUID, list[str]] = defaultdict(list)
    for part in meant.select_related("payment").order_by("payment__paid_on") if invoices else ():
        found[part.invoice_id].append(
            _("Payment of %(amount)s on its way since %(day)s")
            % {
                "amount": money.shown(money.of(part.payment.amount, part.payment.currency)),
                "day": day_words(part.payment.paid_on),
            }
        )
    return found


def _texts(invoices: set[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = InvoiceLine.objects.filter(invoice__in=invoices).order_by("invoice", "position") if invoices else ()
    for row in rows:
        found[row.invoice_id] += [text for text in (row.item, row.description) if text]
    return found


def _group(waits: Sequence[Waiting], known: _Known, currency: str) -> Group:
    customer = known.customers[waits[0].invoice.customer_id]
    lines = _lines(waits, known, currency)
    return Group(
        customer=customer.pk,
        name=customer.name,
        url=reverse("customer", args=[customer.pk]),
        lines=lines,
        sum=sum_of((one.invoice for one in waits), currency),
        what=[what for line in lines for what in line.what],
    )


def _lines(waits: Sequence[Waiting], known: _Known, currency: str) -> list[Line]:
    """The same reason on several invoices is one line; two that look alike are one line as well."""
    together: dict[object, list[tuple[Invoice, Finding]]] = {}
    for one in waits:
        for finding in one.found:
            together.setdefault(_key(one.invoice, finding), []).append((one.invoice, finding))
    lines = [_line(pairs, known, currency) for pairs in together.values()]
    marked = [one.invoice for one in waits if one.invoice.disputed_in_books]
    return [*(_disputed(invoice, currency) for invoice in marked), *lines]


def _key(invoice: Invoice, finding: Finding) -> object:
    if finding.kind == "twin":
        return finding.kind, invoice.customer_id, invoice.total, invoice.issued_on
    return finding.reason, finding.about


def _line(pairs: Sequence[tuple[Invoice, Finding]], known: _Known, currency: str) -> Line:
    first, finding = pairs[0]
    invoices = [invoice for invoice, _finding in pairs]
    quotes, in_memo = _quotes(invoices, finding, known) if finding.kind in ("word", "late_fee") else ([], False)
    coming = [said for invoice in invoices for said in known.coming.get(invoice.pk, [])]
    alike = dict.fromkeys([*(invoice.number for invoice in invoices), *(found.about for _one, found in pairs)])
    credit = money.shown(money.of(known.credit.get(first.customer_id, Decimal(0)), first.currency))
    words = words_for(finding, first, credit=credit, in_memo=in_memo, others=_and(list(alike)))
    if finding.kind == "in_flight" and coming:
        words, quotes = coming[0], coming[1 : 1 + SHOWN_QUOTES]
    tickable = finding.reason != Reason.NO_TERMS
    return Line(
        icon=ICONS[finding.kind],
        words=words,
        quotes=quotes,
        invoices=[(invoice.number or invoice.external_id, invoice_url(invoice)) for invoice in invoices[:SHOWN_INVOICES]],
        more=max(0, len(invoices) - SHOWN_INVOICES),
        sum=sum_of(invoices, currency),
        what=list(dict.fromkeys(f"{found.reason}|{found.about}" for _one, found in pairs)) if tickable else [],
    )  # fmt: skip


def _disputed(invoice: Invoice, currency: str) -> Line:
    number = invoice.number or invoice.external_id
    return Line(
        icon=ICONS[DISPUTED],
        words=_("Your books mark it as disputed"),
        quotes=[],
        invoices=[(number, invoice_url(invoice))],
        more=0,
        sum=sum_of([invoice], currency),
        freeze_url=reverse("freeze_invoice", args=[invoice.pk]),
    )


def _quotes(invoices: Sequence[Invoice], finding: Finding, known: _Known) -> tuple[list[str], bool]:
    """Where the word stands, with what is around it; and whether only a memo has it."""
    pattern = checks.pattern(finding.about)
    in_lines = [text for invoice in invoices for text in known.texts.get(invoice.pk, []) if pattern.search(text)]
    in_memos = [invoice.memo for invoice in invoices if pattern.search(invoice.memo)]
    quotes = dict.fromkeys(_excerpt(text, pattern) for text in (in_lines or in_memos))
    said = [quote for quote in quotes if quote.casefold() != finding.about]
    return said[:SHOWN_QUOTES], bool(in_memos) and not in_lines


def _excerpt(text: str, pattern: "re.Pattern[str]") -> str:
    """The word with some words around it, on one line."""
    plain = " ".join(text.split())
    at = pattern.search(plain)
    if at is None or len(plain) <= 2 * EXCERPT:
        return plain[: 2 * EXCERPT]
    before, after = plain[: at.start()], plain[at.end() :]
    if len(before) > EXCERPT:
        before = "… " + before[-EXCERPT:].partition(" ")[2]
    if len(after) > EXCERPT:
        after = after[:EXCERPT].rpartition(" ")[0] + " …"
    return before + at.group() + after


def _and(numbers: list[str]) -> str:
    shown = [number or "?" for number in numbers]
    if len(shown) == 1:
        return shown[0]
    return _("%(several)s and %(last)s") % {"several": ", ".join(shown[:-1]), "last": shown[-1]}
