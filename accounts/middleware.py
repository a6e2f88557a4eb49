"""Which business this request is for: chosen once, kept in the session, checked against the membership every time."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import Business, Membership, Role, User
from syntharra.tenancy import acting_for

SESSION_KEY = "business"


class MemberRequest(HttpRequest):
    """A request of a signed-in member of ``business``."""

    business: Business
    membership: Membership
    user: User


class BusinessMiddleware:
    """Sets ``request.business`` and ``request.membership`` and acts for that business until the answer is made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        membership = _membership(request)
        request.membership = membership  # type: ignore[attr-defined]
        request.business = membership.business if membership else None  # type: ignore[attr-defined]
        if membership is None:
            return self.get_response(request)
        with acting_for(membership.business_id):
            return self.get_response(request)


def _membership(request: HttpRequest) -> Membership | None:
    if not request.user.is_authenticated:
        return None
    mine = Membership.objects.filter(user=request.user).select_related("business").order_by("created_at", "id")
    chosen = request.session.get(SESSION_KEY)
    found = mine.filter(business_id=UUID(chosen)).first() if chosen else None
    return found or mine.first()


type View[**P] = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def member_required[**P](view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Only for a signed-in member; ``request.business`` is set. Others sign in, or make their first business."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.business is None:  # type: ignore[attr-defined]
            return redirect("new_business")
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return inner


def roles_required(*roles: Role) -> Callable[[Any], Any]:
    """Only for members of these roles; others are told which role may do it."""

    def decorate[**P](view: View[P]) -> Any:
        @wraps(view)
        def inner(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.membership.role not in roles:
                allowed = ", ".join(str(role.label) for role in roles)
                return HttpResponseForbidden(
                    _("Your role here may not do this. It takes: %(roles)s.") % {"roles": allowed}
                )
            return view(request, *args, **kwargs)

        return member_required(inner)

    return decorate
