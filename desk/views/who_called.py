"""The public page: who called me, how do I stop it, what if the bill is wrong. No account, and nothing of any customer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Business
from accounts.trades import is_sensitive
from compliance import stop_requests
from compliance.operator import declaration
from desk.who_called_forms import CalledForm, StopForm
from integrations.models import NumberDoor
from syntharra import limits

HOUR = 3600
MOST_LOOKS, MOST_REQUESTS, MOST_FOR_A_NUMBER = 60, 6, 3


@require_GET
@never_cache
def who_called(request: HttpRequest) -> HttpResponse:
    """Whose the number is that rang, and what one can do. The same for every visitor."""
    form = CalledForm(request.GET if request.GET.get("number") else None)
    context: dict[str, object] = {"form": form, "stop_form": StopForm(), "declared": declaration()}
    if form.is_bound:
        if not limits.within("who called", _address(request), most=MOST_LOOKS, seconds=HOUR):
            return _too_fast(request)
        if form.is_valid():
            context |= _owner_of(form.cleaned_data["number"])
    return render(request, "desk/who_called.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@never_cache
def stop_number(request: HttpRequest) -> HttpResponse:
    """Ask that a number is not called. It says nothing of whether anybody ever called it."""
    if request.method == "GET":
        return redirect(f"{reverse('who_called')}#stop")
    form = StopForm(request.POST)
    if not form.is_valid():
        context: dict[str, object] = {"form": CalledForm(), "stop_form": form, "declared": declaration()}
        return render(request, "desk/who_called.html", context, status=422)
    number = form.cleaned_data["phone"]
    asks = (("stop request", _address(request), MOST_REQUESTS), ("stop of", number, MOST_FOR_A_NUMBER))
    if not all(limits.within(name, who, most=most, seconds=HOUR) for name, who, most in asks):
        return _too_fast(request)
    stop_requests.ask(number)
    rang = form.cleaned_data["rang"]
    ours = bool(rang) and NumberDoor.objects.filter(number=rang).exists()
    told = {"number": number, "call": rang if ours else ""}
    return render(request, "desk/stop_requested.html", told)


def _owner_of(number: str) -> dict[str, object]:
    """The firm whose number it is; not by name where the name alone says what somebody was treated for."""
    found = NumberDoor.objects.filter(number=number).values_list("business_id", flat=True).first()
    business = Business.objects.filter(pk=found).first() if found else None
    named = business is not None and not is_sensitive(business.trade)
    return {
        "asked": number,
        "is_ours": business is not None,
        "firm": business.name if business is not None and named else "",
    }


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _too_fast(request: HttpRequest) -> HttpResponse:
    response = render(request, "signed_too_fast.html", status=429)
    response["Retry-After"] = str(HOUR)
    return response
