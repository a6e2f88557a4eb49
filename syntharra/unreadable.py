"""What no database column can hold is refused at the door: a NUL in an address, a query or a form is nobody's typing."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

NUL = "\x00"
FORM = "application/x-www-form-urlencoded"


class NoNulMiddleware:
    """400 for a request with a NUL character in it, before anything is looked up by it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _has_nul(request):
            raise BadRequest("a NUL character was sent")
        return self.get_response(request)


def _has_nul(request: HttpRequest) -> bool:
    if (
        NUL in request.path
        or "%00" in request.META.get("QUERY_STRING", "")
        or NUL in request.META.get("QUERY_STRING", "")
    ):
        return True
    if request.method != "POST" or request.content_type != FORM:
        return False  # what comes with files, and JSON, is read by what takes it
    return b"%00" in request.body or b"\x00" in request.body
