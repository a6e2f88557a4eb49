"""What every API call passes before any work: the limit, the token, the account, the scope."""

from collections.abc import Iterator
from contextlib import contextmanager

from integrations.freshbooks.simulation import errors
from integrations.freshbooks.simulation.kinds import denied, role_denied
from integrations.freshbooks.simulation.memberships import MEMBERSHIPS
from integrations.freshbooks.simulation.world import FreshBooksWorld
from integrations.simulation.call import Call, VendorRefusal
from integrations.simulation.tokens import Grant, TokenError

SCOPES = {
    "/invoices/invoices": "invoices",
    "/users/clients": "clients",
    "/payments/payments": "payments",
    "/credit_notes/credit_notes": "credit_notes",
}


@contextmanager
def gate(world: FreshBooksWorld, call: Call) -> Iterator[None]:
    """Raises VendorRefusal in the shape of the endpoint."""
    call.account = call.path_params.get("account", "")
    _slow_down(world, call)
    grant = _grant(world, call)
    call.extra["scopes"] = grant.scopes
    if call.account:
        _check_account(world, call.account, grant)
    _check_scope(call, grant)
    yield


def _slow_down(world: FreshBooksWorld, call: Call) -> None:
    if world.settings.calls_per_window is None:
        return
    if world.window.take(call.account or call.bearer) is not None:
        raise VendorRefusal(errors.throttled(world.settings.throttle_retry_after))


def _grant(world: FreshBooksWorld, call: Call) -> Grant:
    try:
        return world.tokens.grant_of(call.bearer)
    except TokenError as error:
        call.notes.append(error.reason)
        events = call.path.startswith("/events/")
        answer = errors.events_unauthenticated() if events else errors.unauthenticated()
        raise VendorRefusal(answer, error.reason) from None


def _check_account(world: FreshBooksWorld, account: str, grant: Grant) -> None:
    if account in grant.accounts and account in world.companies:
        return
    helper = any(one.account == account and one.role not in ("owner", "admin") for one in MEMBERSHIPS)
    raise VendorRefusal(role_denied(account) if helper else denied(account))


def _check_scope(call: Call, grant: Grant) -> None:
    noun = next((scope for part, scope in SCOPES.items() if part in call.path), None)
    if call.path.startswith("/auth/"):
        noun = "profile"
    if noun is None:
        return
    scope = f"user:{noun}:{'read' if call.method == 'GET' else 'write'}"
    if scope not in grant.scopes:
        raise VendorRefusal(errors.missing_scope(scope))
