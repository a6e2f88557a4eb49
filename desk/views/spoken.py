"""What the agent says of the work behind an invoice, item by item; and what it says at all, to listen to before it does."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.middleware import MemberRequest
from accounts.trades import Trade, is_sensitive
from desk.doors import IN_CHARGE, members_page, only_for
from desk.spoken_forms import SpokenForm, TradeForm
from invoices import spoken
from invoices.spoken import CannotBeSpoken


@require_GET
@members_page
def spoken_labels(request: MemberRequest) -> HttpResponse:
    """Every item on open invoices with the words for it, the commonest first."""
    return _page(request)


@require_POST
@members_page
def name_item(request: MemberRequest) -> HttpResponse:
    """These words are said for this item from the next call on; empty ones take them back."""
    only_for(request, *IN_CHARGE)
    form = SpokenForm(request.POST)
    if not form.is_valid():
        return _page(request, refused=form)
    said = form.cleaned_data
    try:
        label = spoken.approve(said["item"], said["words"], said["words_es"], by=request.user)
    except CannotBeSpoken as refused:
        form.add_error("words", str(refused).capitalize())
        return _page(request, refused=form)
    if label is None:
        messages.success(request, _("The agent says nothing of this work any more."))
    else:
        messages.success(request, _("Kept. The agent says: “It is for %(words)s.”") % {"words": label.words})
    return redirect("spoken_labels")


@require_POST
@members_page
def set_trade(request: MemberRequest) -> HttpResponse:
    """What the firm does: whether anything may be said of its work at all."""
    only_for(request, *IN_CHARGE)
    form = TradeForm(request.POST)
    if not form.is_valid():
        return _page(request, trade=form)
    gone = spoken.set_trade(request.business, Trade(form.cleaned_data["trade"]), by=request.user)
    if gone:
        said = ngettext(
            "Kept. %(n)d name for your work is taken back: the agent gives number and date only.",
            "Kept. %(n)d names for your work are taken back: the agent gives number and date only.",
            gone,
        )
        messages.success(request, said % {"n": gone})
    else:
        messages.success(request, _("Kept."))
    return redirect("spoken_labels")


def _page(request: MemberRequest, *, refused: SpokenForm | None = None, trade: TradeForm | None = None) -> HttpResponse:
    wrong = spoken.key_of(refused.data.get("item", "")) if refused is not None else None
    items = spoken.items_of(request.business)
    rows = [{"item": item, "form": refused if refused is not None and item.item == wrong else None} for item in items]
    context = {
        "title": _("What the agent calls your work"),
        "rows": rows,
        "named": sum(bool(item.words) for item in items),
        "may_edit": request.membership.role in IN_CHARGE,
        "longest": spoken.LONGEST,
        "trade": request.business.get_trade_display(),
        "trade_form": trade or TradeForm(initial={"trade": request.business.trade}),
        "is_sensitive": is_sensitive(request.business.trade),
    }
    return render(request, "desk/spoken.html", context, status=200 if refused is None and trade is None else 422)
