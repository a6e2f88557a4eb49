"""The list of invoices, the page of one, and freezing it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Business
from desk import card_payments, history, sums
from desk.beside_invoice import beside
from desk.doors import IN_CHARGE, members_page, only_for
from desk.forms import DisputeForm, InvoiceFilter, ReasonForm
from desk.gate import may_we_call
from desk.standing import invoice_url, rows, standings, today
from desk.wording.invoice import balance_words, facts_of, frozen_since, standing_words
from disputes.freeze import NewClaim
from disputes.models import Claim
from disputes.services import open_dispute, settle_pause
from invoices.models import Invoice, InvoiceQuerySet, Promise
from syntharra import money
from syntharra.identifiers import uuid7
from syntharra.money import Money
from syntharra.templatetags.syntharra import moment

PER_PAGE = 25


@dataclass(frozen=True)
class Bucket:
    """One age of open invoices, with its money."""

    word: str
    balance: Money
    count: str
    url: str
    here: bool


@dataclass(frozen=True)
class Empty:
    title: str
    words: str
    url: str
    action: str


@require_GET
@members_page
def invoices(request: MemberRequest) -> HttpResponse:
    """Open invoices by age; the sentence above the table narrows them, and survives a reload."""
    business, on = request.business, today()
    form = InvoiceFilter(request.GET or QueryDict("show=open"))
    chosen = form.chosen()
    found = _found(business, chosen, on)
    total, others = sums.balances(found, currency=business.currency)
    page = Paginator(found.select_related("customer"), PER_PAGE).get_page(request.GET.get("page"))
    count = page.paginator.count
    context = {
        "form": form,
        "page": page,
        "rows": rows(page.object_list),
        "query": without_page(request),
        "filtered": bool(set(request.GET) - {"page"}),
        "currency": business.currency,
        "summary": _summary(business, on),
        "buckets": _buckets(business, on, chosen["age"]),
        "total": total,
        "others": others,
        "total_words": ngettext("%(n)d invoice", "%(n)d invoices", count) % {"n": count},
        "empty": _empty(business, filtered=bool(set(request.GET) - {"page"})),
    }
    return render(request, "desk/invoices.html", context)


@require_GET
@members_page
def invoice(request: MemberRequest, number: str) -> HttpResponse:
    """One invoice: what is open, where it stands, its life, and what may happen next."""
    found, namesakes = named(request.business, number, request.GET.get("which"))
    stands = standings([found])[found.pk]
    dispute = found.disputes.live().first()
    claim = dispute.claims.order_by("said_at").first() if dispute else None
    attempts = found.attempt_links.filter(attempt__counted=True).count()
    lines = [(line, money.of(line.amount, line.currency)) for line in found.lines.order_by("position")]
    rest = found.total_money - sums.together((amount for _line, amount in lines), currency=found.currency)
    context = {
        "title": _("Invoice %(number)s") % {"number": found.number or found.external_id},
        "above": [(_("Invoices"), reverse("invoices"))],
        "invoice": found,
        "namesakes": namesakes,
        "customer_url": reverse("customer", args=[found.customer_id]),
        "balance_words": balance_words(found),
        "stands": stands,
        "stands_word": frozen_since(found) or stands.word,
        "standing": standing_words(found, stands, dispute, claim),
        "dispute": dispute,
        "may_dispute": dispute is None and found.books_status == Invoice.Books.OPEN,
        # By id: books may use a number twice, and it is this one that is meant.
        "freeze_url": reverse("freeze_invoice", args=[found.pk]),
        "pause_url": reverse("end_pause", args=[found.pk]) if found.paused_reason else "",
        "reason_form": ReasonForm(),
        "events": history.of_invoice(found),
        "card_payments": card_payments.of_invoice(found),
        "lines": lines,
        "rest": rest if lines and rest else None,
        "gate": may_we_call(found) if found.books_status == Invoice.Books.OPEN else None,
        "facts": facts_of(found, attempts=attempts, read_at_words=moment(found.read_at)),
        **beside(found, request.membership),
    }
    return render(request, "desk/invoice.html", context)


@require_http_methods(["GET", "POST"])
@members_page
def freeze_invoice(request: MemberRequest, number: str) -> HttpResponse:
    """They told the firm that something is wrong: anybody here may freeze it. GET asks what they said, POST freezes."""
    found, _namesakes = named(request.business, number, request.GET.get("which"))
    form = DisputeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = NewClaim(source=Claim.Source.MEMBER, source_key=str(uuid7()), by=request.user.email, **form.cleaned_data)
        return redirect(open_dispute(found.pk, claim=new)[0])
    context = {
        "title": _("They disagree with %(number)s") % {"number": found.number or found.external_id},
        "above": [(_("Invoices"), reverse("invoices")), (found.number or found.external_id, invoice_url(found))],
        "under": f"{found.customer.name} · {money.shown(found.balance_money)}",
        "form": form,
        "back_url": invoice_url(found),
    }
    return render(request, "desk/new_dispute.html", context)


@require_POST
@members_page
def end_pause(request: MemberRequest, number: str) -> HttpResponse:
    """The owner has looked: there is nothing to it, and the invoice may be collected on again."""
    only_for(request, *IN_CHARGE)
    found, _namesakes = named(request.business, number, request.GET.get("which"))
    form = ReasonForm(request.POST)
    if form.is_valid():
        settle_pause(found.pk, by=request.user, reason=form.cleaned_data["reason"])
    return redirect(invoice_url(found))


def named(business: Business, number: str, which: str | None) -> tuple[Invoice, int]:
    """The invoice with this number, and how many share it: books may use one twice. 404 for another business's."""
    listed = business.invoices.select_related("customer", "connection", "replaces").order_by("-issued_on", "-pk")
    same = list(listed.filter(number=number)) or _by_id(listed, number)
    if not same:
        raise Http404(number)
    index = int(which) - 1 if which and which.isdecimal() else 0
    return same[index if index in range(len(same)) else 0], len(same)


def without_page(request: MemberRequest) -> str:
    """The rest of the query string, to be put before ``page=``."""
    query = request.GET.copy()
    query.pop("page", None)
    return f"{query.urlencode()}&" if query else ""


def _by_id(listed: InvoiceQuerySet, text: str) -> list[Invoice]:
    try:
        return list(listed.filter(pk=UUID(text)))
    except ValueError:
        return []


def _found(business: Business, chosen: dict[str, str], on: date) -> InvoiceQuerySet:
    found: InvoiceQuerySet = _shown(business, chosen["show"], on)
    if chosen["age"]:
        found = found.with_aging(on=on).filter(Q(bucket=chosen["age"]))
    if chosen["over"]:
        found = found.filter(balance__gt=Decimal(chosen["over"]))
    if chosen["q"]:
        found = found.filter(Q(number__icontains=chosen["q"]) | Q(customer__name__icontains=chosen["q"]))
    return found.order_by(chosen["sort"], "number", "pk")


def _shown(business: Business, show: str, on: date) -> InvoiceQuerySet:
    everything: InvoiceQuerySet = business.invoices.all()
    match show:
        case "overdue":
            return everything.open().overdue_by(1, on=on)
        case "frozen":
            return everything.exclude(frozen_at=None)
        case "paused":
            return everything.open().exclude(paused_reason="")
        case "promised":
            return everything.open().filter(promises__status=Promise.Status.RUNNING)
        case "left":
            return everything.open().exclude(left_reason=None)
        case "paid":
            return everything.filter(books_status=Invoice.Books.PAID)
        case "all":
            return everything
    return everything.open()


def _summary(business: Business, on: date) -> str:
    opened = business.invoices.open()
    count, late = opened.count(), opened.overdue_by(1, on=on).count()
    words = ngettext("%(n)d open invoice, %(sum)s in all", "%(n)d open invoices, %(sum)s in all", count)
    return _("%(open)s; %(late)d past due.") % {
        "open": words % {"n": count, "sum": sums.named(*sums.balances(opened, currency=business.currency))},
        "late": late,
    }


def _buckets(business: Business, on: date, here: str) -> list[Bucket]:
    found = sums.counted(business.invoices.open().with_aging(on=on), "bucket", currency=business.currency)
    nothing = (0, money.of(0, business.currency))
    ages = {
        "current": _("Not due"),
        "1-30": _("1-30 days"),
        "31-60": _("31-60 days"),
        "61-90": _("61-90 days"),
        "90+": _("Over 90 days"),
    }
    return [
        Bucket(
            word,
            found.get(age, nothing)[1],
            ngettext("%(n)d invoice", "%(n)d invoices", found.get(age, nothing)[0]) % {"n": found.get(age, nothing)[0]},
            reverse("invoices") if age == here else f"{reverse('invoices')}?{urlencode({'age': age})}",
            age == here,
        )
        for age, word in ages.items()
    ]


def _empty(business: Business, *, filtered: bool) -> Empty:
    if filtered:
        title, words = _("No invoice fits"), _("Widen the sentence above, or look at all that are open.")
        return Empty(title, words, reverse("invoices"), _("Show all open invoices"))
    if business.connections.exists():
        return Empty(_("Nothing is open"), _("Every invoice in your books is paid."), "", "")
    words = _("Connect your books, and every invoice shows up here with its age.")
    return Empty(_("No invoices yet"), words, reverse("connections"), _("Connect your books"))
