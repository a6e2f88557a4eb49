"""Connected books as their page shows them: what was read, what was set aside and why, who rings us, what is on record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Business
from desk.books_reading import figure
from desk.history import Event
from desk.wording.abilities import able
from integrations import bells, hooks, problems, registrations
from integrations.models import Connection, InboxEvent, Provider, SetAside, SyncRun
from syntharra.models import Due
from syntharra.templatetags.syntharra import moment, moment_words
from syntharra.tenancy import current_business

A_PAGE = 20
NEWS = 6


@dataclass(frozen=True)
class Seen:
    """How many objects of a kind the books hold, and how many of them could not be used."""

    word: str
    kept: str
    set_aside: str


@dataclass(frozen=True)
class Aside:
    """An object that could not be read or used."""

    what: str
    detail: str
    since: datetime
    url: str


@dataclass(frozen=True)
class Reason:
    """Why objects were set aside, once for all of them on this page."""

    title: str
    words: str
    next_step: str
    many: str
    rows: list[Aside]


@dataclass(frozen=True)
class Ringing:
    """How soon the vendor tells us. ``by_hand``: the owner makes the webhook himself; ``made`` whether he has."""

    words: str
    by_hand: bool = False
    made: bool = False


def totals(business: Business) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """How many invoices and how many objects set aside there are, by connection."""
    invoices = business.invoices.order_by().values_list("connection").annotate(Count("pk"))
    aside = business.setasides.filter(cleared_at=None).order_by().values_list("connection").annotate(Count("pk"))
    return dict(invoices), dict(aside)


def waiting(connection: Connection) -> dict[tuple[str, str], int]:
    """How many objects are set aside, by reason and kind."""
    rows = connection.set_aside.filter(cleared_at=None).order_by().values_list("reason", "kind").annotate(Count("pk"))
    return {(reason, kind): count for reason, kind, count in rows}


def seen(business: Business, connection: Connection, aside: dict[tuple[str, str], int]) -> list[Seen]:
    """The kinds of objects, with their counts."""
    kept = [
        (_("Customers"), "customer", business.customers.filter(connection=connection).count()),
        (_("Invoices"), "invoice", business.invoices.filter(connection=connection).count()),
        (_("Payments"), "payment", business.payments.filter(connection=connection).count()),
        (_("Credit memos"), "credit_memo", business.creditmemos.filter(connection=connection).count()),
    ]
    apart = {kind: sum(count for (_reason, of), count in aside.items() if of == kind) for _word, kind, _count in kept}
    return [Seen(word, figure(count), figure(apart[kind]) if apart[kind] else "") for word, kind, count in kept]


def set_aside(
    connection: Connection, aside: dict[tuple[str, str], int], number: str | None
) -> tuple[Page[SetAside], list[Reason]]:
    """A page of what was set aside, gathered by reason."""
    rows = connection.set_aside.filter(cleared_at=None).order_by("reason", "kind", "label", "pk")
    page = Paginator(rows, A_PAGE).get_page(number)
    reasons = [_reason(connection, code, list(found), aside) for code, found in groupby(page, lambda row: row.reason)]
    return page, reasons


def _reason(connection: Connection, code: str, rows: list[SetAside], aside: dict[tuple[str, str], int]) -> Reason:
    said = problems.about(code, vendor=connection.get_provider_display())
    count = sum(many for (reason, _kind), many in aside.items() if reason == code)
    many = ngettext("%(n)s record", "%(n)s records", count) % {"n": figure(count)}
    return Reason(said.title, said.words, said.next_step, many, [_aside(connection, row) for row in rows])


def _aside(connection: Connection, row: SetAside) -> Aside:
    kinds = {
        "customer": _("Customer %(name)s"),
        "invoice": _("Invoice %(name)s"),
        "payment": _("Payment %(name)s"),
        "credit_memo": _("Credit memo %(name)s"),
    }
    what = kinds.get(row.kind, "%(name)s") % {"name": row.label or row.external_id}
    return Aside(what, row.detail, row.first_seen_at, _at_vendor(connection, row))


def _at_vendor(connection: Connection, row: SetAside) -> str:
    """Where the owner puts it right, where we know the address; a simulator has no such page."""
    abilities = able(connection.provider)
    if abilities is None or connection.sandbox or row.kind != "invoice":
        return ""
    return abilities.invoice_link(row.external_id, connection.account)


def ringing(connection: Connection) -> Ringing | None:
    """When the vendor last rang; None for books that nobody can ring about."""
    try:
        own_address = hooks.of(connection.provider).PER_CONNECTION
    except ModuleNotFoundError:
        return None
    vendor, by_hand = connection.get_provider_display(), connection.provider in registrations.BY_HAND
    if own_address:
        rows = connection.hooks.aggregate(made=Count("pk"), proven=Max("verified_at"), heard=Max("last_heard_at"))
        made, proven, heard = bool(rows["made"]), bool(rows["proven"]) or by_hand, rows["heard"]
    else:
        rung = InboxEvent.objects.filter(source=connection.provider, account=connection.account)
        made, proven, heard = True, True, rung.aggregate(last=Max("received_at"))["last"]
    if heard:
        words = _("%(vendor)s rang last at %(when)s.") % {"vendor": vendor, "when": moment_words(heard)}
    elif not made:
        words = _("%(vendor)s does not ring us yet. We look every few minutes anyway.") % {"vendor": vendor}
    elif not proven:
        words = _("We asked %(vendor)s to ring us; it has not confirmed yet.") % {"vendor": vendor}
    else:
        words = _("%(vendor)s has not rung yet. We look every few minutes anyway.") % {"vendor": vendor}
    return Ringing(words, by_hand, made)


def next_reading(connection: Connection) -> datetime | None:
    """When these books are read again; None when nothing of the kind is planned."""
    noted = Due.objects.filter(business_id=current_business(), kind=bells.SYNC, row_id=connection.pk)
    return noted.values_list("due_at", flat=True).first()


def news(connection: Connection) -> list[Event]:
    """The latest readings that brought something or failed; the many that found nothing new are left out."""
    told = Q(status=SyncRun.Status.FAILED) | Q(written__gt=0) | Q(whole=True)
    runs = connection.runs.filter(told).exclude(ended_at=None).order_by("-started_at")[:NEWS]
    return [_event(run, connection) for run in runs]


def _event(run: SyncRun, connection: Connection) -> Event:
    if run.status == SyncRun.Status.FAILED:
        said = problems.about(run.problem or "unexpected", vendor=connection.get_provider_display())
        return Event("circle-alert", said.title, run.ended_at, said.words, tone="late", footnote=run.problem_detail)
    title = _("Read everything") if run.whole else _("Read what changed")
    words = _("%(seen)s records, %(written)s new or changed") % {
        "seen": figure(run.seen),
        "written": figure(run.written),
    }
    return Event("refresh-cw", title, run.ended_at, words)


def facts(connection: Connection, planned: datetime | None) -> list[tuple[str, object]]:
    """Who connected what, and when it is read."""
    found: Iterable[tuple[str, object]] = [
        (_("Next reading"), moment(planned) if planned else ""),
        (_("All compared"), moment(connection.compared_at) if connection.compared_at else ""),
        (_("Connected"), moment(connection.connected_at)),
        (_("By"), connection.connected_by),
        (_("Company ID"), connection.account if connection.provider != Provider.FILE else ""),
        (_("Kind"), _("sandbox") if connection.sandbox else ""),
    ]
    return [(label, value) for label, value in found if value]
