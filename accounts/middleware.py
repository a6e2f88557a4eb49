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
    memberships: list[Membership]
    user: User


class BusinessMiddleware:
    """Sets ``request.business`` and ``request.membership`` and acts for that business until the answer is made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        mine = _memberships(request)
        membership = _chosen(request, mine)
        request.memberships = mine  # type: ignore[attr-defined]
        request.membership = membership  # type: ignore[attr-defined]
        request.business = membership.business if membership else None  # type: ignore[attr-defined]
        if membership is None:
            return self.get_response(request)
        with acting_for(membership.business_id):
            return self.get_response(request)


def _memberships(request: HttpRequest) -> list[Membership]:
    """All of this person's, the oldest first: the frame's switcher shows them too, so they are asked for once."""
    if not request.user.is_authenticated:
        return []
    return list(Membership.objects.filter(user=request.user).select_related("business").order_by("created_at", "id"))


def _chosen(request: HttpRequest, mine: list[Membership]) -> Membership | None:
    chosen = request.session.get(SESSION_KEY) if mine else None
    found = (one for one in mine if chosen and one.business_id == UUID(chosen))
    return next(found, mine[0] if mine else None)


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
