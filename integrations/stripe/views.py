"""The doors of connecting the firm's account at the card processor: there, and back. The page about it is the desk's."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.middleware import MemberRequest, roles_required
from accounts.models import Role
from integrations import problems
from integrations.sign_in_state import NotConnected
from integrations.stripe import connecting

MAY_CONNECT = (Role.OWNER, Role.MANAGER)
PAGE = "paying"


@require_GET
@never_cache
@roles_required(*MAY_CONNECT)
def connect_cards(request: MemberRequest) -> HttpResponse:
    """Send the owner to the processor; nothing of ours changes."""
    try:
        return redirect(connecting.begin(session=request.session, business=request.business, user=request.user))
    except NotConnected as error:
        return _back_with(request, error)


@require_GET
@never_cache
@roles_required(*MAY_CONNECT)
def card_callback(request: MemberRequest) -> HttpResponse:
    """He comes back with a code, or with a no."""
    try:
        account = connecting.finish(
            session=request.session, business=request.business, user=request.user, said=request.GET.dict()
        )
    except NotConnected as error:
        return _back_with(request, error)
    if account.charges_enabled:
        messages.success(request, _("%(name)s takes cards now.") % {"name": account.name or account.account})
    else:
        messages.warning(request, _("Connected. Stripe still needs something from you before it takes payments."))
    return redirect(PAGE)


def _back_with(request: MemberRequest, error: NotConnected) -> HttpResponse:
    said = problems.about(error.problem, vendor="Stripe")
    messages.error(request, f"{said.title}. {said.words} {said.next_step}")
    return redirect(PAGE)
