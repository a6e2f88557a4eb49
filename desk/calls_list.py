"""Calls as rows: of the list on the page, and of the file that has the same list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.models import Attempt, AttemptInvoice, Call
from desk.call_filter import Chosen
from desk.exports import Cell, Listed
from desk.standing import today
from desk.wording.outcomes import NOBODY_SPOKE, attempt_ending, ending, follows
from disputes.models import Claim
from invoices.models import Invoice
from syntharra.templatetags.syntharra import phone, seconds


@dataclass(frozen=True)
class CallRow:
    at: datetime
    url: str
    customer: str
    about: str
    state: str
    outcome: str
    consequence: str
    seconds: int | None
    inbound: bool = False
    approve_url: str = ""
    call_off_url: str = ""


@dataclass(frozen=True)
class Totals:
    """The foot of the list: of everything the sentence fits, not of the page alone."""

    count: int
    words: str
    spoke: str
    length: str


def listed(page: Sequence[Attempt | Call], *, reviewing: bool, may_approve: bool) -> list[CallRow]:
    """These as rows; what they are about and their customers must be loaded."""
    named = numbers_of([found for found in page if isinstance(found, Call)])
    return [
        planned_row(found, reviewing, may_approve=may_approve)
        if isinstance(found, Attempt)
        else made_row(found, named[found.pk])
        for found in page
    ]


def numbers_of(calls: Sequence[Call]) -> dict[UUID, list[str]]:
    """The numbers of the invoices each call was about; of calls customers made, in one query for all of them."""
    told = {call.pk: [UUID(pk) for pk in call.about] for call in calls if call.is_inbound}
    ids = {pk for listed in told.values() for pk in listed}
    invoices = dict(Invoice.objects.filter(pk__in=ids).values_list("pk", "number")) if ids else {}
    numbers = {pk: [invoices[one] for one in listed if one in invoices] for pk, listed in told.items()}
    return {call.pk: numbers.get(call.pk) or _kept(call.attempt.about.all() if call.attempt else ()) for call in calls}


def attempts_with_about(found: "QuerySet[Attempt]") -> "QuerySet[Attempt]":
    """With everything a row shows, in two queries for any number of them."""
    return found.select_related("customer").prefetch_related("about__invoice")


def calls_with_about(found: "QuerySet[Call]") -> "QuerySet[Call]":
    """With everything a row shows, in three queries for any number of them."""
    return found.select_related("customer", "attempt").prefetch_related("attempt__about__invoice")


def totals(found: "QuerySet[Call]") -> Totals:
    """How many, on how many somebody spoke, and how long they were on the line together."""
    summed = found.order_by().aggregate(
        count=Count("pk"), spoke=Count("pk", filter=~Q(disposition__in=NOBODY_SPOKE)), seconds=Sum("seconds", default=0)
    )
    count, spoke = summed["count"], summed["spoke"]
    return Totals(
        count=count,
        words=ngettext("%(n)d call", "%(n)d calls", count) % {"n": count},
        spoke=ngettext("somebody spoke on %(n)d", "somebody spoke on %(n)d", spoke) % {"n": spoke},
        length=length_words(summed["seconds"]),
    )


def length_words(total: int) -> str:
    """``1:07``, from an hour on ``2:05:09``."""
    hours, rest = divmod(int(total), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else seconds(total)


def made_row(found: Call, numbers: Sequence[str]) -> CallRow:
    end = ending(found)
    return CallRow(
        at=found.placed_at,
        url=reverse("call", args=[found.pk]),
        customer=who(found),
        about=_in_short(numbers),
        state=end.state,
        outcome=end.word,
        consequence=end.means,
        seconds=found.seconds,
        inbound=found.is_inbound,
    )


def planned_row(attempt: Attempt, reviewing: bool, *, may_approve: bool) -> CallRow:
    end = attempt_ending(attempt)
    asks = reviewing and attempt.approved_at is None
    return CallRow(
        at=attempt.planned_for,
        url=reverse("customer", args=[attempt.customer_id]),
        customer=attempt.customer.name,
        about=_in_short(_kept(attempt.about.all())),
        state=end.state,
        outcome=end.word,
        consequence=_("waits for your yes") if asks else _("attempt %(n)d of 3") % {"n": attempt.number},
        seconds=None,
        approve_url=reverse("approve_call", args=[attempt.pk]) if asks and may_approve else "",
        call_off_url=reverse("call_off", args=[attempt.pk]),
    )


def own_number(found: Call) -> str:
    """The firm's own number on this call."""
    return found.to if found.is_inbound else found.caller


def who(found: Call) -> str:
    """The customer by name; the number where we do not know whose it is."""
    return found.customer.name if found.customer is not None else phone(found.caller)


def exported(chosen: Chosen) -> "Listed[tuple[Call, list[str]]] | Listed[Attempt]":
    """The whole list of the sentence, for a file."""
    if chosen.planned:
        return Listed(
            name=f"planned-calls-{today()}",
            head=[_("Planned for"), _("Customer"), _("Number"), _("Invoices"), _("Attempt"), _("Approved by")],
            keys=list(chosen.attempts().values_list("pk", flat=True)),
            load=_load_attempts,
            cells=_attempt_cells,
        )
    return Listed(
        name=f"calls-{today()}",
        head=[
            *(_("Placed"), _("Direction"), _("Customer"), _("Their number"), _("Our number"), _("Invoices")),
            *(_("Attempt"), _("Outcome"), _("Outcome code"), _("What is wrong"), _("What follows")),
            *(_("Right person"), _("Answered"), _("Seconds"), _("Script"), _("Hearing"), _("Rules"), _("Address")),
        ],
        keys=list(chosen.calls().values_list("pk", flat=True)),
        load=_load_calls,
        cells=_call_cells,
    )


def _load_calls(keys: Sequence[UUID]) -> dict[UUID, tuple[Call, list[str]]]:
    found = calls_with_about(Call.objects.all()).in_bulk(keys)
    numbers = numbers_of(list(found.values()))
    return {pk: (call, numbers[pk]) for pk, call in found.items()}


def _load_attempts(keys: Sequence[UUID]) -> dict[UUID, Attempt]:
    return attempts_with_about(Attempt.objects.all()).in_bulk(keys)


def _call_cells(one: tuple[Call, list[str]]) -> list[Cell]:
    found, numbers = one
    end = ending(found)
    return [
        *(found.placed_at, _("they called") if found.is_inbound else _("we called"), who(found)),
        *(phone(found.number), phone(own_number(found)), ", ".join(numbers)),
        *(found.attempt.number if found.attempt else None, end.word, found.disposition),
        *(str(dict(Claim.Reason.choices).get(found.reason, "")), follows(found.disposition)),
        *(_("yes") if found.right_party else _("no"), found.answered_at, found.seconds),
        *(found.script_version, found.hearing_version, found.rules_version, reverse("call", args=[found.pk])),
    ]


def _attempt_cells(attempt: Attempt) -> list[Cell]:
    return [
        *(attempt.planned_for, attempt.customer.name, phone(attempt.to), ", ".join(_kept(attempt.about.all()))),
        *(attempt.number, attempt.approved_by),
    ]


def _kept(links: Iterable[AttemptInvoice]) -> list[str]:
    """The invoices it was really about; where all were dropped, those it was planned for."""
    listed = list(links)
    kept = [link.invoice.number for link in listed if link.dropped_at is None]
    return kept or [link.invoice.number for link in listed]


def _in_short(numbers: Sequence[str]) -> str:
    if len(numbers) > 2:
        return ngettext("%(n)d invoice", "%(n)d invoices", len(numbers)) % {"n": len(numbers)}
    return ", ".join(numbers)
