"""What every page of the desk stands behind: a member of the business, its own time zone, and the role an act takes."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.middleware import MemberRequest, member_required
from accounts.models import Role

type Page[**P] = Callable[Concatenate[MemberRequest, P], HttpResponseBase]

#: Who may end what protects a customer, spend money or change how the firm collects. Anybody may freeze and stop.
IN_CHARGE = (Role.OWNER, Role.MANAGER)
#: Whose yes lets a call go out, and who does what is to be done.
AT_WORK = (*IN_CHARGE, Role.CONTRIBUTOR)


def members_page[**P](view: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """For members of the business; dates and hours are those of its wall clock, the language is the member's own setting.

    Not the browser's: what is translated for customers would else stand in half of a page.
    """

    @wraps(view)
    def inner(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        zone = timezone.override(ZoneInfo(request.business.time_zone))
        with zone, translation.override(request.user.language):
            return view(request, *args, **kwargs)

    return member_required(inner)


def only_for(request: MemberRequest, *roles: Role) -> None:
    """Raises PermissionDenied, with the roles it takes, when the member has none of them."""
    if request.membership.role not in roles:
        allowed = ", ".join(str(role.label) for role in roles)
        raise PermissionDenied(_("It takes one of these roles: %(roles)s.") % {"roles": allowed})
