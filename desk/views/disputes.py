"""The page of a dispute, and what its owner may do there."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Business
from desk import book_entries, card_payments, history
from desk.clocks import clocks
from desk.dispute_rows import PAGE, Part, Rows, gather
from desk.dispute_work import work_of
from desk.doors import AT_WORK, IN_CHARGE, members_page, only_for
from desk.forms import ReasonForm
from desk.legal_form import LegalDateForm
from desk.standing import rows as as_rows
from desk.standing import today
from disputes import learning
from disputes.learning import QUESTIONS
from disputes.models import Claim, Dispute
from disputes.services import CannotRelease, answer_for_others, release
from invoices.fact_check import TRIES
from invoices.models import CheckoutInvoice
from syntharra import clock, money
from syntharra.templatetags.syntharra import day_words, moment, moment_words, phone

MOST_QUOTED = 4  # of their words, above the thread; all of them stand in what happened


@require_POST
@members_page
def closing_answer(request: MemberRequest, number: str) -> HttpResponse:
    """One tap on one of the two questions about a dispute that has ended."""
    only_for(request, *AT_WORK)
    found = _of(request.business, number)
    for question in QUESTIONS:
        if question in request.POST:
            try:
                learning.answer(found.pk, question=question, value=request.POST[question], by=request.user)
            except learning.BadAnswer as refusal:
                messages.error(request, str(refusal))
    return redirect(found)


@require_GET
@members_page
def dispute(request: MemberRequest, number: str) -> HttpResponse:
    """One dispute: their words first, then what happened; beside it the clocks and the facts. Ten queries at most."""
    found = _of(request.business, number)
    talk, line = _page_of(request, "talk"), _page_of(request, "happened")
    rows = gather(found, request.business, today=today(), talk=talk, timeline=line)
    first = rows.claims[0] if rows.claims else None
    works = request.membership.role in AT_WORK
    track = rows.track
    events, more = history.of_dispute(found, rows.claims, rows.letters, page=line, size=PAGE)
    context = {
        "title": found.number,
        "dispute": found,
        "above": [(_("Disputes"), reverse("disputes"))],
        "under": f"{found.customer.name} · {_about(found)}",
        "words": first.words if first else "",
        "words_by": _who(first) if first else "",
        "more": [(claim.words, _who(claim)) for claim in rows.claims[1:MOST_QUOTED] if claim.words],
        "unquoted": max(len(rows.claims) - MOST_QUOTED, 0),
        "chargebacks": card_payments.chargebacks(rows.claims),
        "card_payments": card_payments.of_invoice(found.invoice) if getattr(found, "was_paid_by_card", False) else [],
        "standing": _standing(found, first),
        "events": events,
        "happened": Part(events, line, more),
        "work": work_of(found, request.membership, rows, start=request.GET.get("start", "")),
        "clocks": clocks(track),
        "letter": track.letter if works and track.letter and not track.letter.refused else None,
        "letter_url": reverse("acknowledgement", args=[found.number]),
        "legal_date_form": LegalDateForm(auto_id="legal_%s"),
        "legal_date_url": reverse("new_legal_date", args=[found.invoice_id]) if works else "",
        "others": as_rows(rows.others) if rows.others else [],
        "asks_about_others": bool(rows.others) and found.go_on_with_others is None and found.closed_at is None,
        "others_url": reverse("other_invoices", args=[found.number]),
        "questions": _questions(found) if works and found.closed_at is not None else [],
        "closing_url": reverse("closing_answer", args=[found.number]),
        "may_release": found.closed_at is None and request.membership.role in IN_CHARGE,
        "release_url": reverse("release_dispute", args=[found.number]),
        "reason_form": ReasonForm(),
        "facts": _facts(found, first, rows),
        "their_page": _their_page(rows),
        "new_link_url": reverse("new_page_link", args=[found.number])
        if found.closed_at is None and request.membership.role in IN_CHARGE
        else "",
        "members": rows.members,
        "assignee_url": reverse("dispute_assignee", args=[found.number]) if works and not found.closed_at else "",
        **_books(request, found, rows),
    }
    return render(request, "desk/dispute.html", context)


@require_POST
@members_page
def release_dispute(request: MemberRequest, number: str) -> HttpResponse:
    """A false alarm, with a reason. Anybody may freeze; ending it takes an owner or manager."""
    only_for(request, *IN_CHARGE)
    found = _of(request.business, number)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            release(found.pk, by=request.user, reason=form.cleaned_data["reason"])
        except CannotRelease as refusal:
            messages.error(request, str(refusal))
    return redirect(found)


@require_POST
@members_page
def other_invoices(request: MemberRequest, number: str) -> HttpResponse:
    """Go on with the customer's other invoices, or leave them too while this is open."""
    only_for(request, *IN_CHARGE)
    found = _of(request.business, number)
    if request.POST.get("go_on") in ("yes", "no"):
        answer_for_others(found.pk, go_on=request.POST["go_on"] == "yes", by=request.user)
    return redirect(found)


def _page_of(request: MemberRequest, name: str) -> int:
    """The number of a page in the address, from 1; 1 for anything else."""
    given = request.GET.get(name, "")
    return min(max(int(given), 1), 10_000) if given.isascii() and given.isdigit() else 1


def _books(request: MemberRequest, dispute: Dispute, found: Rows) -> dict[str, object]:
    """The books' own reminders, done or not; and what else is still to be written about the invoice."""
    reminders = found.reminders
    return {
        "reminders": book_entries.shown([reminders], request.membership) if reminders else [],
        "entries": book_entries.shown(found.entries, request.membership),
        "reminders_words": "" if reminders else _reminders(dispute),
    }


def _reminders(dispute: Dispute) -> str:
    """Where there is nothing to do about them."""
    if dispute.closed_at is not None:
        return ""
    if dispute.invoice.reminders_on is False or dispute.invoice.connection.reminders_said == "off":
        return _("Your books send no reminders of their own about it.")
    return _("Whether your books send reminders of their own about it, we do not know.")


def _of(business: Business, number: str) -> Dispute:
    by_card = Exists(CheckoutInvoice.objects.filter(invoice=OuterRef("invoice"), checkout__status="paid"))
    found = _with_people(business.disputes.all()).annotate(was_paid_by_card=by_card)
    return get_object_or_404(found, number=number)


def _with_people(found: "QuerySet[Dispute]") -> "QuerySet[Dispute]":
    return found.select_related("invoice__customer", "invoice__connection", "customer", "assignee")


def _questions(dispute: Dispute) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """The two closing questions: field, words, answers, and the one given."""
    return [
        (field, str(words), [(code, str(said)) for code, said in answers.items()], getattr(dispute, field))
        for field, (words, answers) in QUESTIONS.items()
    ]


def _about(dispute: Dispute) -> str:
    amount = money.shown(money.of(dispute.balance_at_opening, dispute.currency))
    return _("invoice %(number)s · %(amount)s") % {"number": dispute.invoice.number, "amount": amount}


def _who(claim: Claim) -> str:
    who = claim.by or _("The customer")
    return _("%(who)s, %(where)s, %(when)s") % {
        "who": phone(who),
        "where": claim.get_source_display(),
        "when": moment_words(claim.said_at),
    }


def _their_page(rows: Rows) -> str:
    """What has become of the customer's link, in a sentence. Times of links are the machine's."""
    if not rows.links:
        return _("No letter with a link to their page has left yet.")
    link = rows.links[0]
    if link.tries >= TRIES:
        return _("Closed after five wrong answers to its question. They need a new link.")
    if link.expires_at <= clock.machine_now():
        return _("The link has run out. They need a new one.")
    return _("Their link opens it until %(day)s.") % {"day": day_words(timezone.localtime(link.expires_at).date())}


def _earlier(rows: Rows) -> str:
    """Their other disputes, without a judgement; the newest five."""
    return ", ".join(f"{row['number']} ({Dispute.Status(row['status']).label})" for row in rows.earlier)


def _standing(dispute: Dispute, claim: Claim | None) -> str:
    if dispute.closed_at:
        return _("Closed: %(why)s") % {"why": dispute.closed_reason or dispute.closed_as}
    names = {"name": dispute.customer.name}
    open_words = _("Open. We will not ask %(name)s for money about it while this is open.") % names
    if dispute.acknowledged_at is None:
        return open_words
    if claim is None or claim.reason == Claim.Reason.OTHER_VAGUE:
        return f"{open_words} " + _("They have it in writing; what exactly is wrong they have not said yet.")
    return f"{open_words} " + _("They have it in writing.")


def _is_key(words: object) -> bool:
    try:
        UUID(str(words))
    except ValueError:
        return False
    return True


def _facts(dispute: Dispute, claim: Claim | None, rows: Rows) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        (_("Amount"), money.shown(money.of(dispute.balance_at_opening, dispute.currency))),
        (_("Kind"), claim.get_reason_display() if claim else _("not said yet")),
        (_("State"), dispute.get_status_display()),
        (_("Opened"), moment(dispute.opened_at)),
    ]
    if claim and claim.source == Claim.Source.CALL and _is_key(claim.evidence.get("call")):
        second = claim.evidence.get("second")
        words = _("hear it, at second %(n)s") % {"n": second} if second is not None else _("hear it")
        address = reverse("call", args=[claim.evidence["call"]])
        facts.append((_("In the call"), format_html('<a href="{}">{}</a>', address, words)))
    elif claim and claim.evidence.get("second") is not None:
        facts.append((_("In the call"), _("at second %(n)s") % {"n": claim.evidence["second"]}))
    if dispute.disputed_amount is not None:
        facts.insert(1, (_("Of it disputed"), money.shown(money.of(dispute.disputed_amount, dispute.currency))))
    if dispute.assignee is not None:
        facts.append((_("Assignee"), dispute.assignee.email))
    if rows.earlier:
        facts.append((_("Their other disputes"), _earlier(rows)))
    if dispute.closed_at:
        facts += [(_("Closed"), moment(dispute.closed_at)), (_("By"), dispute.closed_by)]
    return facts
