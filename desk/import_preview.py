"""What the preview of an import shows, computed: figures, what is new, what changes, what is missing, what is left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.file import values, words
from integrations.file.choices import Choices
from integrations.file.lines import Entry, Note
from invoices.import_models import ImportBatch
from invoices.imports.plan import Before, Change, Plan, summed
from invoices.models import Invoice
from syntharra import clock, money
from syntharra.money import Money
from syntharra.templatetags.syntharra import day_words, moment

SHOWN = 50


@dataclass(frozen=True)
class Figure:
    word: str
    count: int
    sums: list[Money]


@dataclass(frozen=True)
class NewRow:
    row: int
    number: str
    customer: str
    due: date | None
    balance: Money


@dataclass(frozen=True)
class ChangedRow:
    row: int
    number: str
    customer: str
    what: list[str]
    was: Money
    now: Money


@dataclass(frozen=True)
class MissingRow:
    number: str
    customer: str
    due: date | None
    balance: Money
    note: str


@dataclass(frozen=True)
class NoteRow:
    row: int
    column: str
    words: str


@dataclass(frozen=True)
class Part[R]:
    """The first of many, and how many there are beyond."""

    rows: list[R]
    beyond: str


def part[T, R](items: Sequence[T], shown: Iterable[R]) -> Part[R]:
    more = len(items) - SHOWN
    words = ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more} if more > 0 else ""
    return Part(list(shown), words)


def sums(amounts: Iterable[tuple[str, Decimal]]) -> list[Money]:
    return [money.of(amount, currency) for currency, amount in summed(amounts).items()]


def figures(plan: Plan) -> list[Figure]:
    """What confirming does, in a few figures to the cent."""
    found = [
        Figure(_("New invoices"), len(plan.new), _of_entries(plan.new)),
        Figure(_("Changed"), len(plan.changed), _of_entries([one.entry for one in plan.changed])),
        Figure(_("As before"), len(plan.same), _of_entries(plan.same)),
        Figure(
            _("No longer in the file"), len(plan.missing), sums((one.currency, one.balance) for one in plan.missing)
        ),
    ]
    return [one for one in found if one.count]


def _of_entries(entries: Iterable[Entry]) -> list[Money]:
    return sums((entry.invoice.currency, entry.invoice.balance) for entry in entries)


def sentence(plan: Plan) -> str:
    """All of it in one line."""
    open_ones = [entry for entry in plan.taken if entry.invoice.balance > 0]
    names = {"n": len(open_ones), "sum": " + ".join(money.shown(one) for one in _of_entries(open_ones)) or "0"}
    owed = ngettext("%(n)d open invoice, %(sum)s", "%(n)d open invoices, %(sum)s", len(open_ones)) % names
    people = len(plan.customers)
    whose = ngettext("of %(n)d customer", "of %(n)d customers", people) % {"n": people}
    return f"{owed}, {whose}."


def new_rows(plan: Plan, names: dict[str, str]) -> Part[NewRow]:
    return part(plan.new, (_new(entry, names) for entry in plan.new[:SHOWN]))


def _new(entry: Entry, names: dict[str, str]) -> NewRow:
    one = entry.invoice
    return NewRow(entry.row, one.number, names[one.customer], one.due_on, money.of(one.balance, one.currency))


def changed_rows(plan: Plan, names: dict[str, str]) -> Part[ChangedRow]:
    return part(plan.changed, (_changed(one, names) for one in plan.changed[:SHOWN]))


def _changed(change: Change, names: dict[str, str]) -> ChangedRow:
    now, was = change.entry.invoice, change.before
    what = []
    if names[now.customer] != was.customer_name:
        what.append(_("customer was %(name)s") % {"name": was.customer_name})
    elif now.customer != was.customer:
        what.append(_("another customer of the same name"))
    if now.due_on != was.due_on:
        what.append(_("due %(was)s before") % {"was": day_words(was.due_on) if was.due_on else _("on no date")})
    if now.total != was.total:
        what.append(_("total was %(was)s") % {"was": money.shown(money.of(was.total, was.currency))})
    if now.status != was.status:
        statuses = dict(Invoice.Books.choices)
        what.append(_("now %(word)s") % {"word": str(statuses[now.status]).lower()})
    if was.frozen:
        what.append(_("stays frozen"))
    return ChangedRow(
        row=change.entry.row,
        number=now.number,
        customer=names[now.customer],
        what=what,
        was=money.of(was.balance, was.currency),
        now=money.of(now.balance, now.currency),
    )


def missing_rows(plan: Plan) -> Part[MissingRow]:
    return part(plan.missing, (_missing(one) for one in plan.missing[:SHOWN]))


def _missing(one: Before) -> MissingRow:
    note = _("frozen by a dispute") if one.frozen else ""
    return MissingRow(one.number, one.customer_name, one.due_on, money.of(one.balance, one.currency), note)


def note_rows(notes: Sequence[Note]) -> Part[NoteRow]:
    shown = (NoteRow(note.row, words.column_of(note), words.about_row(note)) for note in notes[:SHOWN])
    return part(notes, shown)


def facts(batch: ImportBatch, plan: Plan) -> list[tuple[str, object]]:
    """How the file was read, and how long this preview lasts."""
    chosen, companies = Choices.of(batch.choices), sum(one.is_business for one in plan.customers)
    order = _("day first") if plan.records.order == values.DAY else _("month first")
    shown = _("%(order)s, as the column shows") % {"order": order} if plan.records.order_was_shown else order
    sheet = [(_("Sheet"), batch.sheet)] if batch.sheet else []
    return [
        (_("File"), batch.file_name),
        *sheet,
        (_("Rows"), batch.row_count),
        (_("Dates"), shown),
        (_("Cents"), _("with a comma") if chosen.decimal == values.COMMA else _("with a point")),
        (_("Customers"), _("%(new)d new, %(known)d known") % _counts(plan)),
        (_("Companies"), companies),
        (_("Persons"), len(plan.customers) - companies),
        (_("Kept until"), moment(batch.ends_at)),
    ]


def _counts(plan: Plan) -> dict[str, int]:
    return {"new": len(plan.new_customers), "known": plan.known_customers}


def fresh_until() -> date:
    """The last day on which somebody may be called from a list confirmed now."""
    return (clock.now() + timedelta(days=settings.FILE_FRESH_DAYS)).date()
