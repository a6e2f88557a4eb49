"""The sandbox's front door: a link printed by the demo, a button, and one is in. Never in a live installation."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from syntharra import links


@never_cache
@require_http_methods(["GET", "POST"])
def sandbox_sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows whose door it is; POST signs in, once."""
    if not settings.SANDBOX:
        raise Http404
    try:
        with links.opened(token, purpose="sign_in") as link:
            user = User.objects.get(pk=link.scope["user"])
            if request.method != "POST":
                return render(request, "desk/sign_in.html", {"person": user})
            links.use(link)
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("today")
    except links.DeadLink:
        return redirect("account_login")
