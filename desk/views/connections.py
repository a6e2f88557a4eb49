"""The books of the business: connecting them, how each is doing, letting them go after a word about what happens then."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.middleware import MemberRequest
from accounts.models import Role
from calls.models import Attempt
from desk import books, books_reading
from desk.doors import IN_CHARGE, members_page, only_for
from desk.wording.abilities import Doing, able, doings, gaps
from desk.wording.problems import Trouble, name_of, trouble_of
from integrations import reminders, sign_in
from integrations.abilities import Abilities, Act
from integrations.models import Connection, Provider, SyncRun
from syntharra import clock

SOON = timedelta(minutes=2)


@dataclass(frozen=True)
class Way:
    """A product whose books can be connected. No ``url``: not set up here, or connected already (``connected``)."""

    name: str
    words: str
    url: str
    connected: str
    state: dict[str, str]
    can: list[Doing]
    missing: list[str]


@require_GET
@members_page
def connections(request: MemberRequest) -> HttpResponse:
    """The health of the one connection; all of them where there are several; the ways to connect where there is none."""
    live = list(_live(request).order_by("connected_at", "pk"))
    if not live:
        return _connect(request, [])
    if len(live) == 1:
        return _health(request, live[0], alone=True)
    invoices, aside = books.totals(request.business)
    rows = [_row(one, invoices.get(one.pk, 0), aside.get(one.pk, 0)) for one in live]
    return render(request, "desk/connections.html", {"rows": rows, "in_charge": _in_charge(request)})


@require_GET
@members_page
def connect(request: MemberRequest) -> HttpResponse:
    """The ways to connect books, beside those that are connected."""
    return _connect(request, list(_live(request)))


@require_GET
@members_page
def connection(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The health of one of several connections."""
    alone = _live(request).count() == 1
    found = get_object_or_404(_live(request), pk=pk)
    return _health(request, found, alone=alone)


@require_GET
@members_page
def disconnection(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Says what happens before the books are let go."""
    only_for(request, *IN_CHARGE)
    business, found = request.business, get_object_or_404(_live(request), pk=pk)
    planned = business.attempts.filter(status=Attempt.Status.PLANNED, customer__connection=found).count()
    disputes = business.disputes.live().filter(invoice__connection=found).count()
    vendor = found.get_provider_display()
    happens = [
        ("phone", _("Nobody is called about these invoices any more."), _planned(planned)),
        ("key-round", _("We give the permission back at %(vendor)s and forget it.") % {"vendor": vendor}, ""),
        ("messages-square", _("Disputes stay open, and yours to answer."), _open(disputes)),
        ("history", _("Everything that happened stays on record."), _("Connect the same books again and it goes on.")),
    ]
    return render(request, "desk/disconnection.html", {"connection": found, "vendor": vendor, "happens": happens})


def _live(request: MemberRequest) -> QuerySet[Connection]:
    return request.business.connections.exclude(state=Connection.State.DISCONNECTED)


def _in_charge(request: MemberRequest) -> bool:
    return request.membership.role in IN_CHARGE


def _connect(request: MemberRequest, live: list[Connection]) -> HttpResponse:
    here = {one.provider: one for one in live}
    before = request.business.connections.filter(state=Connection.State.DISCONNECTED).order_by("-disconnected_at")
    context = {
        "ways": [_way(provider, words, here.get(provider)) for provider, words in _taking().items()],
        "import_url": _address("import_books"),
        "others": bool(live),
        "before": [(name_of(one), one.disconnected_at) for one in before[:5]],
        "in_charge": _in_charge(request),
    }
    return render(request, "desk/connect.html", context)


def _taking() -> dict[Provider, str]:
    """What each of the six takes, in the order in which they are common."""
    return {
        Provider.QUICKBOOKS: _("You sign in at Intuit and choose the company."),
        Provider.XERO: _("You sign in at Xero and choose the organization."),
        Provider.FRESHBOOKS: _("You sign in at FreshBooks; with several businesses you choose one."),
        Provider.SQUARE: _("You sign in at Square. We read the invoices of all your locations."),
        Provider.ZOHO: _("You sign in at Zoho, whichever data center your books are in."),
        Provider.JOBBER: _("You sign in at Jobber as an administrator of the account."),
    }


def _way(provider: Provider, words: str, there: Connection | None) -> Way:
    abilities, vendor = able(provider), str(provider.label)
    return Way(
        name=vendor,
        words=words,
        url=reverse("connect_books", args=[provider]) if there is None and _is_set_up(provider) else "",
        connected=reverse("connection", args=[there.pk]) if there else "",
        state=_state(there) if there else {},
        can=doings(abilities) if abilities else [],
        missing=gaps(abilities, vendor) if abilities else [],
    )


def _is_set_up(provider: Provider) -> bool:
    try:
        return sign_in.at(provider).is_set_up()
    except ModuleNotFoundError:
        return False


def _address(name: str) -> str:
    """Where a page is; "" in an installation without it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _state(found: Connection) -> dict[str, str]:
    """The look of a connection and its word."""
    trouble = trouble_of(found)
    if trouble is None:
        first = found.synced_at is None and found.provider != Provider.FILE
        return (
            {"state": "waiting", "state_word": _("First reading")} if first else {"state": "healthy", "state_word": ""}
        )
    if trouble.reconnect:
        return {"state": "broken", "state_word": ""}
    if found.state == Connection.State.PAUSED:
        return {"state": "broken", "state_word": str(found.get_state_display())}
    return {"state": "waiting", "state_word": _("Waiting")}


def _row(found: Connection, invoices: int, aside: int) -> dict[str, object]:
    counts = {"invoices": books_reading.figure(invoices), "aside": books_reading.figure(aside)}
    return {"connection": found, "trouble": trouble_of(found), **counts, **_state(found)}


def _health(request: MemberRequest, found: Connection, *, alone: bool) -> HttpResponse:
    run = found.runs.filter(status=SyncRun.Status.RUNNING).first()
    planned, aside = books.next_reading(found), books.waiting(found)
    page, reasons = books.set_aside(found, aside, request.GET.get("page"))
    trouble, abilities = trouble_of(found), able(found.provider)
    asked = planned is not None and timedelta(0) <= clock.now() - planned < SOON
    context = {
        "connection": found,
        "alone": alone,
        "vendor": found.get_provider_display(),
        "company": found.company or found.account,
        "trouble": trouble,
        "standing": _standing(found, trouble),
        "progress": books_reading.progress(found, run),
        "moves": run is not None or (asked and not (trouble and trouble.reconnect)),
        "seen": books.seen(request.business, found, aside),
        "aside_count": sum(aside.values()),
        "page": page,
        "reasons": reasons,
        "history": books_reading.two_weeks(found),
        "news": books.news(found),
        "facts": books.facts(found, None if run or (trouble and trouble.reconnect) else planned),
        "ringing": books.ringing(found),
        "doings": doings(abilities) if abilities else [],
        "asks_reminders": reminders.is_to_be_asked(found, at=clock.now()),
        "import_url": _address("import_books") if found.provider == Provider.FILE else "",
        "is_file": found.provider == Provider.FILE,
        "in_charge": _in_charge(request),
        "may_read": _in_charge(request) or request.membership.role == Role.ACCOUNTANT,
    }
    return render(request, "desk/connection.html", context | _state(found) | _reminding(abilities))


def _reminding(abilities: Abilities | None) -> dict[str, object]:
    """Where the vendor's own reminders are turned off, and whether we can quiet those of one invoice."""
    if abilities is None:
        return {"reminders_steps": (), "reminders_quiets": False, "reminders_page": ""}
    ability, page = abilities.of(Act.REMINDERS), abilities.reminders_page
    return {"reminders_steps": ability.steps, "reminders_quiets": not ability.by_hand, "reminders_page": page}


def _standing(found: Connection, trouble: Trouble | None) -> str:
    if found.provider == Provider.FILE:
        return _("These invoices came as a file. They are as new as the last one you brought in.")
    if found.synced_at is None:
        return "" if trouble else _("We are reading your books. Nobody is called before we are done.")
    return "" if trouble else _("Read every few minutes, and again before each call.")


def _planned(count: int) -> str:
    if not count:
        return _("No call is planned now.")
    return ngettext("%(n)d planned call is not placed.", "%(n)d planned calls are not placed.", count) % {"n": count}


def _open(count: int) -> str:
    if not count:
        return _("None is open now.")
    return ngettext("%(n)d is open now.", "%(n)d are open now.", count) % {"n": count}
