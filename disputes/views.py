"""Doors of disputes: the customer's signed page. Members' pages are in ``desk``."""

import hashlib

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from disputes.letters import may_be_quoted
from disputes.models import Claim, Dispute
from disputes.services import NewClaim, open_dispute
from syntharra import links
from syntharra.models import Link


class WhatIsWrong(forms.Form):
    """The four everyday grounds, something else, and the customer's own words."""

    GROUNDS = (
        (Claim.Reason.SCOPE, _("I didn't agree to this work")),
        (Claim.Reason.AMOUNT, _("The amount is off")),
        (Claim.Reason.QUALITY, _("The work isn't right")),
        (Claim.Reason.TERMS, _("It isn't due yet, or other terms")),
        (Claim.Reason.OTHER_VAGUE, _("Something else")),
    )
    reason = forms.ChoiceField(label=_("What is wrong?"), choices=GROUNDS, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Tell us in your own words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )


# Whoever holds the token may answer: no cookie is trusted here, so there is nothing a forged request could borrow, and
# with no-referrer browsers send the form with an origin of null.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def signed_page(request: HttpRequest, token: str) -> HttpResponse:
    """What is wrong with this invoice? GET shows, POST keeps the answer. No account; the token is the key."""
    try:
        with links.opened(token, purpose="dispute") as link:
            response = _page(request, link)
    except links.DeadLink as dead:
        response = render(request, "disputes/dead_link.html", {"reason": dead.reason}, status=410)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _page(request: HttpRequest, link: Link) -> HttpResponse:
    dispute = Dispute.objects.select_related("invoice", "customer", "business").get(pk=link.subject)
    form = WhatIsWrong(request.POST or None)
    done = False
    if request.method == "POST" and form.is_valid():
        _keep(dispute, link, reason=form.cleaned_data["reason"], words=form.cleaned_data["words"])
        dispute.refresh_from_db()
        done = True
    said = [claim for claim in dispute.claims.order_by("said_at") if may_be_quoted(claim)]
    page = {"dispute": dispute, "firm": dispute.business, "form": form, "done": done, "said": said}
    return render(request, "disputes/what_is_wrong.html", page)


def _keep(dispute: Dispute, link: Link, *, reason: str, words: str) -> None:
    """One more claim on the live dispute; where it was closed meanwhile, a new objection freezes the invoice again."""
    new = NewClaim(
        source=Claim.Source.PAGE,
        source_key=f"{link.pk}:{hashlib.sha256(f'{reason} {words}'.encode()).hexdigest()[:24]}",
        words=words,
        reason=reason,
        by=dispute.customer.name,
    )
    open_dispute(dispute.invoice_id, claim=new)
    with transaction.atomic():
        live = (
            Dispute.objects.live()
            .select_for_update(of=("self",), no_key=True)
            .filter(invoice=dispute.invoice_id)
            .first()
        )
        if live and live.status in (Dispute.Status.NEW, Dispute.Status.ACKNOWLEDGED):
            live.move(Dispute.Status.SPECIFIED)
