"""The customer's pay page: what is open and how to pay it, "something is wrong" beside it as an equal, a question to the firm.

GET changes nothing, not even at the processor. A person is asked one harmless fact first.
"""

import hashlib
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from disputes import inbound, pay_page, specifying
from disputes.addresses import absolute
from disputes.freeze import NewClaim
from disputes.models import Claim, Dispute
from disputes.page_forms import KindForm, WordsForm
from disputes.pay_links import LASTS, PURPOSE
from disputes.services import open_dispute
from disputes.specifying import Answers
from invoices import fact_check, paying
from invoices.models import Checkout, Customer, Invoice
from invoices.paying import CannotPay, Places, Wish
from syntharra import clock, links
from syntharra.signed import signed


@signed
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """What is open, and how to pay it. POST acts; the token is the key."""
    with links.opened(token, purpose=PURPOSE) as link:
        customer, invoices = pay_page.of_link(link)
        with translation.override(customer.language):
            if (first := fact_check.stands_before(request, link, customer)) is not None:
                return first
            if not fact_check.may_show(request, customer) or not invoices:
                return render(request, "disputes/pay_by_phone.html", {"firm": customer.business})
            if request.method != "POST":
                return _shown(request, customer, invoices)
            act = _ACTS.get(request.POST.get("act", ""))
            if act is None:
                return HttpResponseBadRequest("This form is not known here. Go back and load the page again.")
            try:
                return act(request, token, customer, invoices)
            except CannotPay as refusal:
                return _shown(request, customer, _again(invoices), refusal=str(refusal), status=409)


@signed
@require_GET
def go(request: HttpRequest, token: str, pk: UUID) -> HttpResponse:
    """The way to the processor's page, once more looked at: by itself, or by the button. Changes nothing."""
    with links.opened(token, purpose=PURPOSE) as link:
        customer, _invoices = pay_page.of_link(link)
        back = reverse("pay_page", args=[token])
        if not fact_check.may_show(request, customer):
            return redirect(back)
        page = Checkout.objects.filter(pk=pk, customer=customer, status=Checkout.Status.OPEN).first()
        if page is None or page.expires_at <= clock.machine_now():
            return redirect(back)
        with translation.override(customer.language):
            return render(request, "disputes/pay_go.html", {"firm": customer.business, "url": page.url, "back": back})


def _again(invoices: list[Invoice]) -> list[Invoice]:
    """As they are now."""
    ids = [invoice.pk for invoice in invoices]
    found = Invoice.objects.filter(pk__in=ids).select_related("business", "connection", "customer")
    return list(found.order_by("due_on", "number"))


def _shown(
    request: HttpRequest,
    customer: Customer,
    invoices: list[Invoice],
    *,
    status: int = 200,
    refusal: str = "",
    **forms: Any,
) -> HttpResponse:
    page = pay_page.shown(customer, invoices, thanks=pay_page.thanks_for(request.GET.get("paid", ""), customer))
    step = forms.get("step") or request.GET.get("step", "")
    context = {
        "firm": page.firm,
        "page": page,
        "step": step if step in ("wrong", "question") and (page.open or page.stopped) else "",
        "done": request.GET.get("done", ""),
        "back": "back" in request.GET and not page.thanks,
        "refusal": refusal,
        "typed": request.POST.get("amount", ""),
        "kind_form": forms.get("kind_form") or KindForm(),
        "words_form": forms.get("words_form") or WordsForm(),
        "path": request.path,
    }
    return render(request, "disputes/pay.html", context, status=status)


# What he may do


def _pay(request: HttpRequest, token: str, customer: Customer, invoices: list[Invoice]) -> HttpResponse:
    """By card, what we ask for: all of what he ticked, or a part of the one invoice there is."""
    chosen = _chosen(request, invoices)
    shares = {invoice.pk: invoice.balance for invoice in chosen}
    if request.POST.get("how") == "part":
        if len(chosen) != 1:
            raise CannotPay(_("A part is paid on one invoice at a time: choose one."))
        shares = {chosen[0].pk: _amount(request)}
    return _to_processor(request, token, customer, Wish(shares=shares, seen=_seen(request, chosen)))


def _anyway(request: HttpRequest, token: str, customer: Customer, invoices: list[Invoice]) -> HttpResponse:
    """Although we have stopped asking: all, a part, or what was agreed. It gives up nothing."""
    (invoice,) = _chosen(request, invoices)[:1]
    how = request.POST.get("how", "")
    if how == "part":
        amount = _amount(request)
    elif how == "agreed":
        (bill,) = pay_page.shown(customer, [invoice]).bills
        if bill.agreed is None:
            raise CannotPay(_("What you agree with has changed meanwhile. Please look again."))
        amount = bill.agreed.amount
    elif how == "all":
        amount = invoice.balance
    else:
        raise CannotPay(_("Choose whether you want to pay all of it or a part."))
    return _to_processor(
        request,
        token,
        customer,
        Wish(shares={invoice.pk: amount}, seen=_seen(request, [invoice]), anyway=True, agreed=how == "agreed"),
    )


def _to_processor(request: HttpRequest, token: str, customer: Customer, wish: Wish) -> HttpResponse:
    path = reverse("pay_page", args=[token])
    # The processor puts its own id of the page in: so he comes back to the truth about this very payment.
    places = Places(success_url=absolute(path) + "?paid={CHECKOUT_SESSION_ID}", cancel_url=absolute(path) + "?back=1")
    checkout = paying.begin(wish, places, language="es" if customer.language.startswith("es") else "en")
    return redirect("pay_go", token, checkout.pk)


def _wrong(request: HttpRequest, token: str, customer: Customer, invoices: list[Invoice]) -> HttpResponse:
    """Something is wrong: it freezes at once, and he goes on to say what exactly."""
    form = KindForm(request.POST)
    if not form.is_valid():
        return _shown(request, customer, invoices, kind_form=form, step="wrong", status=422)
    chosen = _chosen(request, invoices)
    kind = form.cleaned_data["kind"]
    said = str(dict(form.fields["kind"].choices)[kind])  # type: ignore[attr-defined]
    claim = NewClaim(
        source=Claim.Source.PAGE,
        source_key=f"pay:{_mark(token)}:{clock.now():%Y%m%d%H%M}",
        words=said,
        reason=kind if kind in Claim.Reason.values else Claim.Reason.OTHER_VAGUE,
        language=customer.language,
        by=customer.name,
        customer=customer.pk,
    )
    disputes = open_dispute(*(invoice.pk for invoice in chosen), claim=claim)
    for dispute in disputes:
        if not dispute.specifications.exists():
            specifying.save(dispute.pk, Answers(kind=kind), by=customer.name)
    return redirect(f"{_dispute_page(disputes[0])}?step=details")


def _mark(token: str) -> str:
    """A short mark of a token, for keys: the token itself is stored nowhere."""
    return hashlib.sha256(token.encode()).hexdigest()[:24]


def _dispute_page(dispute: Dispute) -> str:
    made = links.make("dispute", dispute.pk, lasts=LASTS, scope={"from": "pay page"})
    return reverse("signed_page", args=[made])


def _look(request: HttpRequest, token: str, customer: Customer, invoices: list[Invoice]) -> HttpResponse:
    """To the page of the dispute about this invoice."""
    (invoice,) = _chosen(request, invoices)[:1]
    dispute = Dispute.objects.live_on(invoice)
    return redirect(_dispute_page(dispute) if dispute is not None else request.path)


def _question(request: HttpRequest, token: str, customer: Customer, invoices: list[Invoice]) -> HttpResponse:
    """A question to the firm: read like any answer of his, so an objection in it freezes; until it is read nobody asks."""
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _shown(request, customer, invoices, words_form=form, step="question", status=422)
    numbers = ", ".join(invoice.number for invoice in invoices)
    subject = _("Question about invoice %(numbers)s") % {"numbers": numbers}
    inbound.take_from_page(customer, subject=subject, words=form.cleaned_data["words"])
    return redirect(f"{request.path}?done=question")


_ACTS: dict[str, Callable[[HttpRequest, str, Customer, list[Invoice]], HttpResponse]] = {
    "pay": _pay,
    "anyway": _anyway,
    "wrong": _wrong,
    "dispute": _look,
    "question": _question,
}


def _chosen(request: HttpRequest, invoices: list[Invoice]) -> list[Invoice]:
    """Those of this link he ticked; of a link to one, that one."""
    wanted = set(request.POST.getlist("invoice"))
    chosen = [invoice for invoice in invoices if str(invoice.pk) in wanted]
    if not chosen and len(invoices) == 1:
        return invoices
    if not chosen:
        raise CannotPay(_("Choose at least one invoice."))
    return chosen


def _seen(request: HttpRequest, chosen: list[Invoice]) -> dict[UUID, Decimal]:
    """The balances he had before his eyes; where the form does not say, none: then he looks again."""
    found: dict[UUID, Decimal] = {}
    for invoice in chosen:
        try:
            seen = Decimal(request.POST.get(f"seen_{invoice.pk}", ""))
        except InvalidOperation:
            continue
        if seen.is_finite():
            found[invoice.pk] = seen
    return found


def _amount(request: HttpRequest) -> Decimal:
    typed = request.POST.get("amount", "").strip().replace("$", "").replace(",", "")
    try:
        amount = Decimal(typed)
    except InvalidOperation:
        raise CannotPay(_("Enter an amount, such as 120.00.")) from None
    if not amount.is_finite() or len(typed) > 20:
        raise CannotPay(_("Enter an amount, such as 120.00."))
    return amount
