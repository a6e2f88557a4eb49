"""Connecting a business to its books by OAuth, and letting them go again.

The state that travels through the vendor and back is single-use, kept hashed in the session that began, and bound to
the person, the business and the vendor; machine time ends it. The same books are never connected to two businesses.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts import timeline
from accounts.models import Business, User
from integrations import access, bells, health, registrations, secrets, sign_in, sign_in_state
from integrations.errors import Disconnected, Refused, VendorError
from integrations.ledger import Organisation
from integrations.models import Connection, ConnectionDoor, PendingSignIn, SyncRun
from integrations.sign_in import Company, Tokens
from integrations.sign_in_state import NotConnected, SignIns
from integrations.worlds import WrongWorld
from syntharra import clock, due, logs
from syntharra.clock import machine_now

log = logs.get(__name__)

MINUTES_TO_FINISH = 10
SIGN_INS = SignIns("books_sign_ins", timedelta(minutes=MINUTES_TO_FINISH))
MOST_COMPANIES = 200
PENDING = "integrations_pendingsignin"
WITH_ACCESS = ("jobber", "xero")
"""Vendors to whom access is given back with an access token; the others take the refresh token, or none."""
# What went wrong at the vendor and is worth saying as it is.
_SAID = ("app_refused", "scope_missing", "wrong_world")


def begin(*, session: MutableMapping[str, Any], business: Business, user: User, provider: str) -> str:
    """Where to send the owner, remembering in his session that he was sent. Raises NotConnected."""
    vendor = sign_in.at(provider)
    if not vendor.is_set_up():
        raise NotConnected("connect_not_set_up")
    state = sign_in_state.new()
    try:
        start = vendor.begin(sandbox=business.sandbox, state=state, redirect_uri=redirect_uri(provider))
    except VendorError:
        raise NotConnected("connect_unreachable") from None
    SIGN_INS.begin(session, state, _bound(provider, business, user), verifier=start.verifier)
    return start.address


@dataclass(frozen=True, slots=True)
class Choice:
    """The sign-in opened several companies: the owner chooses one, within minutes, on the page of this id."""

    pending: UUID


def finish(
    *, session: MutableMapping[str, Any], business: Business, user: User, provider: str, said: Mapping[str, str]
) -> Connection | Choice:
    """The owner is back with what the vendor ``said`` in the address. Raises NotConnected."""
    begun = SIGN_INS.spend(session, said.get("state", ""), _bound(provider, business, user))
    verifier = str(begun.get("verifier", ""))
    vendor, sandbox = sign_in.at(provider), business.sandbox
    if said.get("error") or not said.get("code"):
        raise NotConnected("connect_denied")
    try:
        tokens = vendor.exchange(said, sandbox=sandbox, redirect_uri=redirect_uri(provider), verifier=verifier)
        companies = vendor.companies(said, tokens, sandbox=sandbox)
    except WrongWorld:
        raise NotConnected("wrong_world") from None
    except (Disconnected, Refused) as error:
        raise NotConnected(error.problem if error.problem in _SAID else "connect_code") from None
    except VendorError:
        raise NotConnected("connect_unreachable") from None
    if not companies:
        raise NotConnected("connect_company_missing")
    if len(companies) > 1:
        return Choice(_wait_for_choice(business, user, provider, tokens, companies))
    return _connect(business, user, provider, tokens, companies[0])


def offered(pending_id: UUID, *, business: Business, user: User) -> PendingSignIn:
    """What there is to choose from. Raises NotConnected when too much time passed or it is somebody else's."""
    found = PendingSignIn.objects.filter(pk=pending_id, business=business, user=user).first()
    if found is None or found.until <= machine_now():
        raise NotConnected("connect_expired")
    return found


def choose(pending_id: UUID, account: str, *, business: Business, user: User) -> Connection:
    """Connect this company of those the sign-in opened; sent twice, the answer is the same. Raises NotConnected."""
    try:
        return _chosen(pending_id, account, business, user)
    except NotConnected:
        if PendingSignIn.objects.filter(pk=pending_id).exists():
            raise
        # The choice is spent: perhaps by this very person, who pressed twice.
        mine = Connection.objects.filter(business=business, connected_by=user.email, state=Connection.State.CONNECTED)
        connected = next((connection for connection in mine if connection.account == account), None)
        if connected is None:
            raise
        return connected


def _chosen(pending_id: UUID, account: str, business: Business, user: User) -> Connection:
    pending = offered(pending_id, business=business, user=user)
    company = next((Company(**one) for one in pending.companies if one["account"] == account), None)
    if company is None:
        raise NotConnected("connect_company_missing")
    try:
        pair = secrets.decrypt(PENDING, pending.pk, bytes(pending.secrets))
    except secrets.Unreadable as error:
        log.error("secrets_unreadable", pending=str(pending.pk), error=str(error))
        raise NotConnected("secrets_unreadable") from None
    tokens = Tokens(
        pair["access"], pair["refresh"], pending.access_expires_at, pending.refresh_expires_at, pending.details
    )
    return _connect(business, user, pending.provider, tokens, company)


def _wait_for_choice(
    business: Business, user: User, provider: str, tokens: Tokens, companies: Sequence[Company]
) -> UUID:
    pending = PendingSignIn(
        business=business,
        provider=provider,
        user=user,
        companies=[asdict(company) for company in companies[:MOST_COMPANIES]],
        access_expires_at=tokens.access_expires_at,
        refresh_expires_at=tokens.refresh_expires_at,
        details=dict(tokens.details),
        until=machine_now() + timedelta(minutes=MINUTES_TO_FINISH),
    )
    pending.secrets = secrets.encrypt(PENDING, pending.pk, {"access": tokens.access, "refresh": tokens.refresh})
    PendingSignIn.objects.filter(user=user, provider=provider).delete()  # a choice begun anew replaces the one before
    pending.save()
    return pending.pk


def _connect(business: Business, user: User, provider: str, tokens: Tokens, company: Company) -> Connection:
    try:
        # An id may have come through the browser, where anybody may change it: only the vendor's own word counts.
        organisation = sign_in.at(provider).organisation(company, tokens, sandbox=business.sandbox)
    except (Disconnected, Refused) as error:
        problem = error.problem if error.problem in _SAID else "connect_company_refused"
        raise NotConnected(problem) from None
    except VendorError:
        raise NotConnected("connect_unreachable") from None
    return _keep(business, user, provider, organisation, tokens, company)


@transaction.atomic
def disconnect(connection_id: UUID, *, by: User) -> Connection:
    """From this commit nothing is read and nobody is called; what happened so far stays. Safe to call twice.

    The access is given back at the vendor by ``revoke``, which is owed from here until it is done.
    """
    connection = health.held(connection_id)
    if connection.state == Connection.State.DISCONNECTED:
        return connection
    connection.state, connection.disconnected_at = Connection.State.DISCONNECTED, clock.now()
    connection.problem, connection.problem_detail, connection.problem_since = "", "", None
    connection.save(update_fields=["state", "disconnected_at", "problem", "problem_detail", "problem_since"])
    ConnectionDoor.objects.filter(provider=connection.provider, connection_id=connection.pk).delete()
    for run in connection.runs.filter(status=SyncRun.Status.RUNNING):
        run.move(SyncRun.Status.FAILED, ended_at=clock.now(), leased_until=None, problem="disconnected")
    registrations.end(connection)
    timeline.record(connection, "disconnected", by=by.email, company=connection.company)
    due.settle(bells.SYNC, connection.pk)
    bells.ask_for_revoking(connection.pk)
    return connection


def revoke(connection_id: UUID) -> bool:
    """Give the access of disconnected books back and forget the tokens. False when it is still owed.

    Books that are connected to somebody else meanwhile keep theirs: most vendors end every access to a company at once.
    """
    try:
        _renew_to_revoke(connection_id)
        _give_back(connection_id)
    except Disconnected as error:
        log.info("access_was_gone", connection=str(connection_id), problem=error.problem)
        _forget(connection_id)
    except VendorError as error:
        log.warning("not_revoked_yet", connection=str(connection_id), problem=error.problem)
        due.note(bells.REVOKE, connection_id, at=clock.now() + timedelta(minutes=10))
        return False
    return True


@transaction.atomic(durable=True)
def _renew_to_revoke(connection_id: UUID) -> None:
    """Where it is given back with a token that has run out: renewed first, and kept, for the one before is spent.

    In a transaction of its own: what fails afterwards must not take the new pair away with it.
    """
    connection = health.held(connection_id)
    if connection.provider not in WITH_ACCESS or not _is_to_be_revoked(connection):
        return
    held = access.tokens_of(connection)
    if held.access_expires_at - access.EARLY <= machine_now():
        access.keep(connection, sign_in.at(connection.provider).refresh(held, sandbox=connection.sandbox))


@transaction.atomic(durable=True)
def _give_back(connection_id: UUID) -> None:
    connection = health.held(connection_id)
    if _is_to_be_revoked(connection):
        held = access.tokens_of(connection)
        sign_in.at(connection.provider).revoke(held, connection.account, sandbox=connection.sandbox)
    _forget(connection_id)


@transaction.atomic
def _forget(connection_id: UUID) -> None:
    connection = health.held(connection_id)
    if connection.state == Connection.State.DISCONNECTED and connection.secrets:
        connection.secrets, connection.access_expires_at, connection.refresh_expires_at = b"", None, None
        connection.save(update_fields=["secrets", "access_expires_at", "refresh_expires_at"])
    due.settle(bells.REVOKE, connection_id)


def _is_to_be_revoked(connection: Connection) -> bool:
    is_over = connection.state == Connection.State.DISCONNECTED and bool(connection.secrets)
    return is_over and not _is_connected_again(connection)


def _is_connected_again(connection: Connection) -> bool:
    return ConnectionDoor.objects.filter(provider=connection.provider, account=connection.account).exists()


def redirect_uri(provider: str) -> str:
    """Where the vendor sends the owner back to; registered there letter by letter."""
    return str(settings.PUBLIC_URL) + reverse("books_callback", args=[provider])


def _bound(provider: str, business: Business, user: User) -> dict[str, Any]:
    """What a sign-in belongs to: it is of no use to anybody else, and for nothing else."""
    return {"provider": provider, "business": str(business.pk), "user": user.pk}


@transaction.atomic(durable=True)
def _keep(
    business: Business, user: User, provider: str, books: Organisation, tokens: Tokens, company: Company
) -> Connection:
    connection = _row_for(business, provider, books.account)
    _open_door(connection, business)
    is_new = connection.state == Connection.State.DISCONNECTED or not connection.secrets
    connection.company, connection.details = books.name, {**company.details}
    connection.currency, connection.country = books.currency, books.country
    connection.time_zone = _zone(books.time_zone) or business.time_zone
    connection.state, connection.disconnected_at = Connection.State.CONNECTED, None
    connection.problem, connection.problem_detail, connection.problem_since = "", "", None
    connection.connected_by = user.email
    if is_new or connection.connected_at is None:
        connection.connected_at = (
            clock.now()
        )  # what was old on this day is never called by itself; signing in again is no new day
    connection.save()
    access.keep(connection, tokens)
    timeline.record(connection, "connected" if is_new else "reconnected", by=user.email, company=books.name)
    due.settle(bells.REVOKE, connection.pk)
    bells.ask_for_sync(connection.pk)
    registrations.owe(connection)
    PendingSignIn.objects.filter(business=business, user=user, provider=provider).delete()  # chosen, or needless by now
    return connection


def _row_for(business: Business, provider: str, account: str) -> Connection:
    """The live connection, or the one these books had here before, held; else a new one, not yet saved."""
    rows = Connection.objects.select_for_update(of=("self",), no_key=True).filter(provider=provider)
    live = rows.exclude(state=Connection.State.DISCONNECTED).first()
    if live is not None and live.account != account:
        raise NotConnected("connect_another_company")
    before = live or rows.filter(account=account).order_by("-connected_at").first()
    return before or Connection(business=business, provider=provider, account=account, sandbox=business.sandbox)


def _open_door(connection: Connection, business: Business) -> None:
    """These books belong to this business from the commit on. Raises NotConnected when they are another's."""
    door = ConnectionDoor(
        provider=connection.provider,
        account=connection.account,
        business_id=business.pk,
        connection_id=connection.pk,
    )
    ConnectionDoor.objects.bulk_create([door], ignore_conflicts=True)
    found = ConnectionDoor.objects.get(provider=connection.provider, account=connection.account)
    if (found.business_id, found.connection_id) != (business.pk, connection.pk):
        # The tokens at hand are let go, not revoked: revoking would end the other business's connection too.
        raise NotConnected("connect_elsewhere")


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError):
        return ""
