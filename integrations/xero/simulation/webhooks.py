"""The vendor's webhooks: numbered events without amounts, signed; and the proof that the receiver checks signatures."""

import base64
import hashlib
import hmac
import secrets
import string
import time
from typing import TYPE_CHECKING, Any

import httpx2

from integrations.simulation.call import Json, dump
from integrations.simulation.entities import Credit
from integrations.simulation.hooks import Delivery, Event
from integrations.xero.simulation.documents import credit_status

if TYPE_CHECKING:
    from integrations.xero.simulation.world import XeroWorld

SIGNATURE = "x-xero-signature"
CATEGORIES = {
    "customer": ("CONTACT", "Contacts"),
    "invoice": ("INVOICE", "Invoices"),
    "credit": ("CREDITNOTE", "CreditNotes"),
}
"""Payments have none: they show as an update of their invoice."""
BURST = (True, False, True, False, False, True)
ANSWER_SECONDS = 5


def signature(key: str, body: bytes) -> str:
    """HMAC-SHA256 over the raw body; the key is taken as text."""
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


def deliveries(world: "XeroWorld", events: list[Event]) -> list[Delivery]:
    """One delivery an organisation. Sequence numbers go on over the whole app, also over what is lost."""
    state = world.own.setdefault("webhook", {})
    silent = state.get("state") == "disabled" or (world.settings.webhook_needs_intent and state.get("state") != "ok")
    found = []
    by_tenant: dict[str, list[Event]] = {}
    for event in events:
        connected = any(event.account in grant.accounts for grant in world.tokens.grants)
        if event.kind in CATEGORIES and connected and world.settings.webhook_url:
            by_tenant.setdefault(event.account, []).append(event)
    for tenant, own in by_tenant.items():
        told = _once_each(own)
        first = int(world.own.get("sequence", 0)) + 1
        world.own["sequence"] = first + len(told) - 1
        world.own["deliveries"] = int(world.own.get("deliveries", 0)) + 1
        lose = world.settings.webhook_lose_every
        if silent or (lose and world.own["deliveries"] % lose == 0):
            continue
        body: Json = {
            "events": [_event(world, tenant, one) for one in told],
            "firstEventSequence": first,
            "lastEventSequence": first + len(told) - 1,
            "entropy": _entropy(),
        }
        found.append(_signed(world, dump(body)))
    return found


def _once_each(events: list[Event]) -> list[Event]:
    """Several changes of one object within the moment are one event; the first says whether it was made."""
    found: dict[tuple[str, str], Event] = {}
    for event in events:
        found.setdefault((event.kind, event.id), event)
    return list(found.values())


def _event(world: "XeroWorld", tenant: str, event: Event) -> Json:
    category, path = CATEGORIES[event.kind]
    moment = event.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{event.at.microsecond // 1000:03d}"
    found: Json = {
        "resourceUrl": f"https://api.xero.com/api.xro/2.0/{path}/{event.id}",
        "resourceId": event.id,
        "tenantId": tenant,
        "tenantType": "ORGANISATION",
        "eventCategory": category,
        "eventType": "CREATE" if event.action == "created" else "UPDATE",
        "eventDateUtc": moment,
    }
    if category == "CREDITNOTE":
        credit: Credit = world.organisation(tenant).credit(event.id)
        found["data"] = {"Type": "ACCRECCREDIT", "Status": credit_status(credit)}
    return found


def _signed(world: "XeroWorld", body: bytes) -> Delivery:
    headers = {"Content-Type": "application/json", SIGNATURE: signature(world.settings.webhook_key, body)}
    return Delivery(world.settings.webhook_url or "", headers, body, signature=SIGNATURE)


def _entropy() -> str:
    return "".join(secrets.choice(string.ascii_uppercase) for _ in range(20))


async def prove_intent(world: "XeroWorld") -> Json:
    """A burst of empty deliveries, some signed wrong. Passed when each right one gets 200, each wrong one 401,
    within 5 seconds and with an empty body; then the webhook is enabled, else it stays off."""
    attempts: list[dict[str, Any]] = []
    async with httpx2.AsyncClient(
        timeout=ANSWER_SECONDS, trust_env=False, follow_redirects=False, verify=False
    ) as client:
        for right in BURST:
            attempts.append(await _attempt(world, client, right=right))
    passed = all(one["passed"] for one in attempts)
    world.own["webhook"] = {"state": "ok" if passed else "intent failed"}
    return {"state": world.own["webhook"]["state"], "attempts": attempts}


async def _attempt(world: "XeroWorld", client: httpx2.AsyncClient, *, right: bool) -> dict[str, Any]:
    body = dump({"events": [], "lastEventSequence": 0, "firstEventSequence": 0, "entropy": _entropy()})
    key = world.settings.webhook_key if right else secrets.token_hex(16)
    headers = {"Content-Type": "application/json", SIGNATURE: signature(key, body)}
    found: dict[str, Any] = {"signed_right": right, "status": None}
    started = time.monotonic()
    try:
        answer = await client.post(world.settings.webhook_url or "", content=body, headers=headers)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        return found | {"error": f"{type(error).__name__}: {error}", "passed": False}
    found |= {"status": answer.status_code, "seconds": round(time.monotonic() - started, 3)}
    clean = not answer.content and "set-cookie" not in answer.headers
    return found | {"empty_body_no_cookie": clean, "passed": clean and answer.status_code == (200 if right else 401)}
