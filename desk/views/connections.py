"""The books of the business: connecting them, how they are doing, reading them now, letting them go."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.middleware import MemberRequest
from accounts.models import Business
from desk.doors import IN_CHARGE, members_page
from desk.history import Event
from desk.wording.problems import trouble_of
from integrations import problems
from integrations.models import Connection, Provider, SyncRun
from syntharra.templatetags.syntharra import moment

SHOWN = 100
RUNS = 6


@dataclass(frozen=True)
class Way:
    """A product whose books can be connected."""

    name: str
    words: str
    url: str


@dataclass(frozen=True)
class Count:
    word: str
    kept: int
    set_aside: int


@dataclass(frozen=True)
class Aside:
    """An object that could not be read or used, in the owner's words."""

    what: str
    why: str
    detail: str
    next_step: str


@require_GET
@members_page
def connections(request: MemberRequest) -> HttpResponse:
    """The connection's health, or the ways to connect when there is none."""
    business = request.business
    connection = business.connections.exclude(state=Connection.State.DISCONNECTED).first()
    if connection is None:
        return render(request, "desk/connect.html", {"ways": _ways()})
    run = connection.runs.filter(status=SyncRun.Status.RUNNING).first()
    trouble = trouble_of(connection)
    context = {
        "connection": connection,
        "vendor": connection.get_provider_display(),
        "company": connection.company or connection.account,
        "state": "broken" if trouble and trouble.reconnect else "waiting" if trouble else "healthy",
        "state_word": connection.get_state_display() if trouble else "",
        "standing": _standing(connection),
        "trouble": trouble,
        "syncing": run is not None,
        "run": run,
        "share": _share(run),
        "counts": _counts(business, connection),
        "set_aside": _set_aside(connection),
        "runs": [_event(done) for done in connection.runs.exclude(ended_at=None).order_by("-started_at")[:RUNS]],
        "facts": _facts(connection),
        "in_charge": request.membership.role in IN_CHARGE,
    }
    return render(request, "desk/connection.html", context)


def _ways() -> list[Way]:
    """The six, in the order in which they are common."""
    words = {
        Provider.QUICKBOOKS: _("You sign in at Intuit and choose the company."),
        Provider.XERO: _("You sign in at Xero and choose the organization."),
        Provider.FRESHBOOKS: _("You sign in at FreshBooks; with several businesses you choose one."),
        Provider.SQUARE: _("You sign in at Square. We read the invoices of all your locations."),
        Provider.ZOHO: _("You sign in at Zoho, whichever data center your books are in."),
        Provider.JOBBER: _("You sign in at Jobber as an administrator of the account."),
    }
    return [Way(str(one.label), said, reverse("connect_books", args=[one])) for one, said in words.items()]


def _standing(connection: Connection) -> str:
    if connection.synced_at is None:
        return _("We are reading your books for the first time.")
    return _("Read every few minutes, and again before each call.")


def _share(run: SyncRun | None) -> int | None:
    """How much of a first load is done, in percent; None when nobody knows."""
    if run is None or not run.expected:
        return None
    return min(100, run.seen * 100 // run.expected)


def _counts(business: Business, connection: Connection) -> list[Count]:
    waiting = connection.set_aside.filter(cleared_at=None)
    aside = {kind: waiting.filter(kind=kind).count() for kind in ("customer", "invoice", "payment", "credit_memo")}
    return [
        Count(_("Customers"), business.customers.filter(connection=connection).count(), aside["customer"]),
        Count(_("Invoices"), business.invoices.filter(connection=connection).count(), aside["invoice"]),
        Count(_("Payments"), business.payments.filter(connection=connection).count(), aside["payment"]),
        Count(_("Credit memos"), business.creditmemos.filter(connection=connection).count(), aside["credit_memo"]),
    ]


def _set_aside(connection: Connection) -> list[Aside]:
    vendor = connection.get_provider_display()
    found = connection.set_aside.filter(cleared_at=None).order_by("-last_seen_at", "-pk")[:SHOWN]
    rows = []
    for item in found:
        said = problems.about(item.reason, vendor=vendor)
        rows.append(Aside(_what(item.kind, item.label or item.external_id), said.words, item.detail, said.next_step))
    return rows


def _what(kind: str, label: str) -> str:
    kinds = {
        "customer": _("Customer %(name)s"),
        "invoice": _("Invoice %(name)s"),
        "payment": _("Payment %(name)s"),
        "credit_memo": _("Credit memo %(name)s"),
    }
    return kinds.get(kind, "%(name)s") % {"name": label}


def _event(run: SyncRun) -> Event:
    if run.status == SyncRun.Status.FAILED:
        said = problems.about(run.problem or "unexpected")
        return Event("circle-alert", said.title, run.ended_at, run.problem_detail or said.words, tone="late")
    title = _("Read everything") if run.whole else _("Read what changed")
    words = _("%(seen)d records, %(written)d new or changed") % {"seen": run.seen, "written": run.written}
    return Event("refresh-cw", title, run.ended_at, words)


def _facts(connection: Connection) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        (_("Connected"), moment(connection.connected_at)),
        (_("By"), connection.connected_by),
        (_("Company"), connection.account),
        (_("Last good reading"), moment(connection.synced_at) if connection.synced_at else _("not yet")),
    ]
    return [*facts, (_("Kind"), _("sandbox"))] if connection.sandbox else facts
