"""The operations a platform asks for: pages to pay on, payments, charges, refunds, disputes, accounts."""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from integrations.stripe.simulation.errors import missing, no_such, not_your_account, wrong
from integrations.stripe.simulation.forms import Shape
from integrations.stripe.simulation.world import Json, StripeWorld, shown

SESSION: Shape = {
    "mode": str,
    "line_items": [
        {
            "quantity": int,
            "price": str,
            "price_data": {
                "currency": str,
                "unit_amount": int,
                "product": str,
                "product_data": {"name": str, "description": str, "metadata": dict},
            },
        }
    ],
    "success_url": str,
    "cancel_url": str,
    "client_reference_id": str,
    "customer_email": str,
    "expires_at": int,
    "locale": str,
    "submit_type": str,
    "currency": str,
    "metadata": dict,
    "payment_intent_data": {
        "metadata": dict,
        "description": str,
        "statement_descriptor_suffix": str,
        "application_fee_amount": int,
        "receipt_email": str,
    },
    "expand": [str],
}
REFUND: Shape = {"charge": str, "payment_intent": str, "amount": int, "reason": str, "metadata": dict}
BOUNDS = {"gt": int, "gte": int, "lt": int, "lte": int}
EVENTS: Shape = {
    "created": (int, BOUNDS),
    "ending_before": str,
    "limit": int,
    "starting_after": str,
    "type": str,
    "types": [str],
    "expand": [str],
}
MOST_TYPES, LISTED_SECONDS = 20, 30 * 86_400
NOTHING: Shape = {"expand": [str]}
SMALLEST = {"usd": 50}
LARGEST = 99_999_999
LOCALES = frozenset(
    [
        "auto",
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "en-GB",
        "es",
        "es-419",
        "fr",
        "fr-CA",
        "it",
        "ja",
        "nl",
        "pl",
        "pt",
        "pt-BR",
    ]
)

type Work = Callable[[StripeWorld, str, str, Json], Json]


def create_session(world: StripeWorld, account: str, _name: str, given: Json) -> Json:
    if not world.account(account)["charges_enabled"]:
        raise wrong("Your account cannot currently make live charges.", code="account_invalid")
    if given.get("mode") != "payment":
        raise missing("mode") if "mode" not in given else wrong("This simulator makes payments only.", "mode")
    if "success_url" not in given:
        raise missing("success_url")
    for name in ("success_url", "cancel_url"):
        if name in given and urlsplit(given[name]).scheme not in ("http", "https"):
            raise wrong("Not a valid URL", name, code="url_invalid")
    total, currency = _total(given.get("line_items") or [])
    created = world.machine()
    expires = given.get("expires_at", created + 86_400)
    if not created + 1_795 <= expires <= created + 86_405:
        raise wrong("The `expires_at` timestamp must be between 30 minutes and 24 hours in the future.", "expires_at")
    if given.get("locale", "auto") not in LOCALES:
        raise wrong("Invalid locale", "locale")
    if given.get("submit_type", "auto") not in ("auto", "book", "donate", "pay"):
        raise wrong("Invalid submit_type", "submit_type")
    email = given.get("customer_email")
    if email is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise wrong(f"Invalid email address: {email}", "customer_email", code="email_invalid")
    name = world.new_id("cs_test")
    session = {
        "id": name, "object": "checkout.session", "amount_subtotal": total, "amount_total": total, "currency": currency,
        "cancel_url": given.get("cancel_url"), "client_reference_id": given.get("client_reference_id"),
        "created": created, "customer_email": email, "expires_at": expires, "livemode": False, "mode": "payment",
        "locale": given.get("locale"), "metadata": given.get("metadata", {}), "payment_intent": None,
        "payment_method_types": ["card", "us_bank_account"], "payment_status": "unpaid", "status": "open",
        "submit_type": given.get("submit_type"), "success_url": given["success_url"], "url": f"{{base}}/c/pay/{name}",
        "_account": account, "_intent_metadata": given.get("payment_intent_data", {}).get("metadata", {}),
        "_lines": [{"name": line["price_data"]["product_data"]["name"], "amount": line["price_data"]["unit_amount"]}
                   for line in given["line_items"]],
    }  # fmt: skip
    world.state["sessions"][name] = session
    return session


def _total(lines: list[Json]) -> tuple[int, str]:
    if not lines:
        raise missing("line_items")
    currencies, total = set(), 0
    for index, line in enumerate(lines):
        at = f"line_items[{index}][price_data]"
        data = line.get("price_data")
        if data is None:
            raise missing(at)
        if not data.get("currency") or data.get("unit_amount") is None or not data.get("product_data", {}).get("name"):
            raise missing(f"{at}[{'currency' if not data.get('currency') else 'unit_amount'}]")
        if not re.fullmatch(r"[a-z]{3}", data["currency"]):
            raise wrong(f"Invalid currency: {data['currency']}", f"{at}[currency]")
        if data["unit_amount"] < 0:
            raise wrong("Invalid non-negative integer", f"{at}[unit_amount]")
        currencies.add(data["currency"])
        total += data["unit_amount"] * line.get("quantity", 1)
    if len(currencies) != 1:
        raise wrong("All prices on a Checkout Session must have the same currency", "line_items")
    currency = currencies.pop()
    if total < SMALLEST.get(currency, 1):
        raise wrong("The Checkout Session's total amount must convert to at least 50 cents.", code="amount_too_small")
    if total > LARGEST:
        raise wrong("Amount must be no more than $999,999.99", code="amount_too_large")
    return total, currency


def one(kind: str) -> Work:
    def work(world: StripeWorld, account: str, name: str, _given: Json) -> Json:
        return world.find(kind, account, name)

    return work


def expire_session(world: StripeWorld, account: str, name: str, _given: Json) -> Json:
    return world.end_session(world.find("sessions", account, name))


def create_refund(world: StripeWorld, account: str, _name: str, given: Json) -> Json:
    if not given.get("charge") and not given.get("payment_intent"):
        raise missing("charge")
    name = given.get("charge") or world.find("intents", account, given["payment_intent"])["latest_charge"]
    charge = world.find("charges", account, name or "")
    return world.refund(charge, given.get("amount", charge["amount"] - charge["amount_refunded"]))


def account(world: StripeWorld, _asked_as: str, name: str, _given: Json) -> Json:
    if name not in world.state["connected"]:
        raise not_your_account(name)
    return world.account(name)


def events(world: StripeWorld, asked_as: str, _name: str, given: Json) -> Json:
    """What happened on this account in the last 30 days, newest first."""
    limit, kinds = given.get("limit", 10), given.get("types", [])
    if not 1 <= limit <= 100:
        raise wrong("Limit can range between 1 and 100.", "limit", code="parameter_invalid_integer")
    if "type" in given and "types" in given:
        raise wrong("You may pass either `type` or `types`, but not both.", "types")
    if len(kinds) > MOST_TYPES:
        raise wrong(f"You may pass up to {MOST_TYPES} types.", "types")
    if "starting_after" in given and "ending_before" in given:
        raise wrong("You may pass either `starting_after` or `ending_before`, but not both.", "ending_before")
    mine = [event for event in reversed(world.state["events"]) if event["account"] == asked_as]
    places = {event["id"]: place for place, event in enumerate(mine)}
    for name in ("starting_after", "ending_before"):
        if name in given and given[name] not in places:
            raise no_such("event", given[name])
    after = places[given["starting_after"]] if "starting_after" in given else -1
    before = places[given["ending_before"]] if "ending_before" in given else len(mine)
    oldest = world.machine() - LISTED_SECONDS
    wanted = [
        event
        for event in mine[after + 1 : before]
        if event["created"] >= oldest and _within(event["created"], given.get("created")) and _named(event, given)
    ]
    # Backwards the page is the one next to where he stands.
    page = wanted[-limit:] if "ending_before" in given else wanted[:limit]
    return {"object": "list", "data": page, "has_more": len(wanted) > limit, "url": "/v1/events"}


def _within(created: int, asked: int | dict[str, int] | None) -> bool:
    if isinstance(asked, int):
        return created == asked
    holds = {"gt": created.__gt__, "gte": created.__ge__, "lt": created.__lt__, "lte": created.__le__}
    return all(holds[name](bound) for name, bound in (asked or {}).items())


def _named(event: Json, given: Json) -> bool:
    """``type`` may be a group (``charge.*``); of ``types`` each is one name."""
    if "type" in given:
        return fnmatchcase(event["type"], given["type"])
    return not given.get("types") or event["type"] in given["types"]


def shown_to(world: StripeWorld, found: Json, base: str) -> Json:
    """The object with the addresses of pages as they are reached."""
    plain = shown(found)
    if isinstance(plain.get("url"), str):
        plain["url"] = plain["url"].replace("{base}", world.config.public_url or base)
    return plain


OPERATIONS: list[tuple[str, str, Shape, Work]] = [
    ("POST", "/v1/checkout/sessions", SESSION, create_session),
    ("GET", "/v1/checkout/sessions/{name}", NOTHING, one("sessions")),
    ("POST", "/v1/checkout/sessions/{name}/expire", NOTHING, expire_session),
    ("GET", "/v1/payment_intents/{name}", NOTHING, one("intents")),
    ("GET", "/v1/charges/{name}", NOTHING, one("charges")),
    ("POST", "/v1/refunds", REFUND, create_refund),
    ("GET", "/v1/refunds/{name}", NOTHING, one("refunds")),
    ("GET", "/v1/disputes/{name}", NOTHING, one("disputes")),
    ("GET", "/v1/accounts/{name}", NOTHING, account),
    ("GET", "/v1/events", EVENTS, events),
]
