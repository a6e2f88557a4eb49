"""Where vendors ring: verify, store once, answer at once, and let a task read it.

Two kinds of doors: one address an app (its key from the settings), and one of each connection's own (a token in the
path, its keys sealed in ``Registration``). What is refused is counted; the answer says nothing a forger could learn from.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations import bells, hooks, inbox, registrations
from integrations.hooks import Event, Incoming, Key, Webhooks
from integrations.inbox import Delivered
from integrations.models import Connection, HookDoor, Provider, Registration
from syntharra import logs
from syntharra.clock import machine_now, now
from syntharra.tenancy import acting_for

log = logs.get(__name__)

LARGEST = 1_000_000
STALE = timedelta(days=4)
"""Older than any vendor still retries (Square, the longest, for three days): a replay from somebody's drawer."""
SOURCES = (*Provider.values, "stripe")
OUTCOMES = ("stored", "repeated", "handshake", "too_large", "not_signed", "unreadable", "stale", "unknown_address")


@csrf_exempt
@require_POST
def app_door(request: HttpRequest, provider: str) -> HttpResponse:
    """A hint for any of our connections: 200, or 401/403 forged, 413 too large, 400 unreadable or stale, 404 no such."""
    vendor = _vendor(provider)
    if vendor is None or vendor.PER_CONNECTION:
        return HttpResponse(status=404)
    incoming = _incoming(request)
    if incoming is None:
        return _refused(provider, "too_large", 413)
    return _take(provider, vendor, incoming, [Key(vendor.app_key())])


@csrf_exempt
@require_POST
def connection_door(request: HttpRequest, provider: str, token: str) -> HttpResponse:
    """A hint for the one connection this address was made for, or the vendor's proof that the address is ours."""
    vendor = _vendor(provider)
    door = HookDoor.objects.filter(provider=provider, token_hash=hooks.hash_of(token)).first()
    if vendor is None or door is None:
        return _refused(provider, "unknown_address", 404)
    incoming = _incoming(request)
    if incoming is None:
        return _refused(provider, "too_large", 413)
    with acting_for(door.business_id):
        connection = Connection.objects.get(pk=door.connection_id)
        proof = getattr(vendor, "handshake_in", _no_handshake)(incoming)
        if proof is not None:
            registrations.heard(connection.pk, *proof)
            _count(provider, "handshake")
            return HttpResponse(status=200)
        answer = _take(provider, vendor, incoming, registrations.keys_of(connection), account=connection.account)
        if answer.status_code == 200:
            Registration.objects.filter(connection=connection).update(last_heard_at=machine_now())
        return answer


def _take(
    provider: str, vendor: Webhooks, incoming: Incoming, keys: Sequence[Key], *, account: str | None = None
) -> HttpResponse:
    if not any(vendor.is_signed(incoming, key) for key in keys):
        return _refused(provider, "not_signed", vendor.REFUSED)
    try:
        events = vendor.events_in(incoming)
    except hooks.NotAWebhook as error:
        return _refused(provider, "unreadable", 400, why=str(error))
    if account is not None:
        # An address of one connection speaks for that one only, whatever stands in the body.
        events = [event for event in events if event.account in ("", account)]
    fresh = [event for event in events if not _is_stale(event)]
    if events and not fresh:
        return _refused(provider, "stale", 400)
    ours = [Delivered(event.event_id, event.payload, event.account or account or "") for event in fresh if event.object]
    new = inbox.keep_all(provider, ours)
    if new:
        bells.ask_to_read_inbox()
    _count(provider, "stored" if new or not ours else "repeated")
    log.info("webhook_stored", source=provider, events=len(events), new=new)
    return HttpResponse(status=200)


def _is_stale(event: Event) -> bool:
    """By whichever clock is kinder: a sandbox may have moved its business time."""
    if event.occurred_at is None:
        return False
    return min(now(), machine_now()) - event.occurred_at > STALE


def _vendor(provider: str) -> Webhooks | None:
    try:
        return hooks.of(provider)
    except ModuleNotFoundError:
        return None


def _no_handshake(_incoming: Incoming) -> tuple[str, str] | None:
    return None


def _incoming(request: HttpRequest) -> Incoming | None:
    """What came in, with the address as the vendor has it (never the request's: proxies change it); None: too large."""
    said = request.headers.get("Content-Length", "")
    if said.isdecimal() and len(said) < 20 and int(said) > LARGEST:
        return None
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return None
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Incoming(body, headers, settings.PUBLIC_URL + request.path, request.META.get("QUERY_STRING", ""))


def _refused(source: str, reason: str, status: int, **facts: str) -> HttpResponse:
    _count(source, reason)
    log.warning("webhook_refused", source=source, reason=reason, **facts)
    return HttpResponse(status=status)


def _count(source: str, outcome: str) -> None:
    """For the metrics only, so kept where it costs nothing: no row is contended by a flood of forgeries."""
    key = f"webhooks:{source}:{outcome}"
    cache.add(key, 0, timeout=None)
    cache.incr(key)


def counts() -> dict[tuple[str, str], int]:
    """How many deliveries of each source came to what, since the counters began."""
    keys = {f"webhooks:{source}:{outcome}": (source, outcome) for source in SOURCES for outcome in OUTCOMES}
    return {keys[key]: int(count) for key, count in cache.get_many(list(keys)).items()}
