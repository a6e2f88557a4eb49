"""What every page behind a signed link stands behind: the link's limits, the headers that keep it out of sight, a kind end.

A page is a view of ``(request, token)`` that opens the link itself; ``DeadLink`` out of it becomes the page that says so.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from syntharra import limits, links

type Page[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

MINUTE = 60
#: Requests a minute. An office shares one address; a link is one person's, who may send photos one by one.
MOST_BY_ADDRESS, MOST_BY_LINK = 300, 120


def signed[**P](view: Page[P]) -> Page[P]:
    """A page for whoever holds the token: too fast is 429, a link that has ended 410, never kept, never indexed.

    Exempt from the CSRF check: what acts is the token in the path, not a cookie, so a forged request has nothing to borrow;
    and with ``no-referrer`` browsers send the form with an origin of null.
    """

    @csrf_exempt
    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        address, token = request.META.get("REMOTE_ADDR", ""), str(kwargs.get("token", ""))
        response: HttpResponseBase
        if not (
            limits.within("signed address", address, most=MOST_BY_ADDRESS, seconds=MINUTE)
            and limits.within("signed link", token, most=MOST_BY_LINK, seconds=MINUTE)
        ):
            response = render(request, "signed_too_fast.html", status=429)
            response["Retry-After"] = str(MINUTE)
        else:
            try:
                response = view(request, *args, **kwargs)
            except links.DeadLink as dead:
                response = render(request, "disputes/dead_link.html", {"reason": dead.reason}, status=410)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return inner
