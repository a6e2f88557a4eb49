"""Who may call: the token, the organisation named in a header, the limits, and the scope of what is called."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from integrations.simulation.call import Call, VendorRefusal
from integrations.simulation.limits import Busy
from integrations.simulation.tokens import Grant, TokenError
from integrations.xero.simulation import answers
from integrations.xero.simulation.world import XeroWorld

TENANT = "xero-tenant-id"


@contextmanager
def admitted(world: XeroWorld, call: Call) -> Iterator[None]:
    """One call of the accounting API under way. Raises VendorRefusal."""
    grant = grant_of(world, call)
    tenant = call.headers.get(TENANT, "").strip().lower()
    if tenant not in grant.accounts:
        raise VendorRefusal(answers.forbidden(), f"not connected: {tenant or 'no tenant header'}")
    call.extra["grant"] = grant
    call.account = tenant
    if (stopped := world.limits.take(tenant)) is not None:
        raise VendorRefusal(answers.too_many(*stopped), f"429 {stopped[0]}")
    try:
        with world.limits.concurrent.place(tenant):
            yield
    except Busy:
        raise VendorRefusal(answers.too_many("concurrent", 1), "429 concurrent") from None


def grant_of(world: XeroWorld, call: Call) -> Grant:
    """Whose token it is. Raises VendorRefusal."""
    try:
        return world.tokens.grant_of(call.bearer)
    except TokenError as error:
        if error.reason == "expired" and error.grant is not None:
            at = datetime.fromtimestamp(error.grant.access_expires_at, UTC)
            raise VendorRefusal(answers.token_expired(at), "token expired") from None
        raise VendorRefusal(answers.unauthorized("AuthenticationUnsuccessful"), f"token {error.reason}") from None


def need_scope(world: XeroWorld, call: Call, wanted: frozenset[str]) -> None:
    """Raises VendorRefusal unless the grant holds one of these scopes; writing includes reading."""
    held: set[str] = call.extra["grant"].scopes
    if wanted & (held | {f"{scope}.read" for scope in held}):
        return
    why = f"missing scope: one of {', '.join(sorted(wanted))}"
    if world.settings.missing_scope_status == 403:
        raise VendorRefusal(answers.forbidden(), why)
    raise VendorRefusal(answers.unauthorized("AuthenticationUnsuccessful"), why)
