"""The customer's page behind the link of a letter: is this still your number, and may it be called?"""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from compliance.models import Consent
from invoices import number_checks
from syntharra import links
from syntharra.signed import signed


@signed
@require_http_methods(["GET", "POST"])
def number_check(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the three answers, POST takes one and spends the link. Says nothing of any invoice."""
    with links.opened(token, purpose=number_checks.PURPOSE) as link:
        consent = Consent.objects.select_related("business", "customer").get(pk=link.subject)
        context = {"firm": consent.business, "number": consent.number}
        if request.method == "POST":
            answer = request.POST.get("answer", "")
            if answer not in number_checks.ANSWERS:
                return HttpResponseBadRequest("This answer is not known here. Go back and choose one of the three.")
            number_checks.answered(link, answer)
            context["answer"] = answer
        with translation.override(consent.customer.language):
            return render(request, "desk/number_check.html", context)
