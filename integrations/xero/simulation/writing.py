"""How writes are answered: once per Idempotency-Key, and all together or item by item."""

import hashlib
import time
from collections.abc import Callable

from integrations.simulation.books import NotPossible, NotThere
from integrations.simulation.call import Answer, Call, Json, VendorRefusal
from integrations.xero.simulation.answers import answer, envelope, invalid
from integrations.xero.simulation.bodies import Plan, Wrong, echo
from integrations.xero.simulation.listing import flag
from integrations.xero.simulation.world import XeroWorld

LONGEST_KEY = 128
HEADER = "idempotency-key"


def once(world: XeroWorld, call: Call, work: Callable[[], Answer]) -> Answer:
    """The same key and request give the same answer again, and nothing is done. Raises VendorRefusal for a bad key."""
    key = call.headers.get(HEADER)
    if key is None:
        return work()
    if not 0 < len(key) <= LONGEST_KEY:
        raise invalid(call, f"The Idempotency-Key must be 1 to {LONGEST_KEY} characters long")
    kept: dict[str, Json] = world.own.setdefault("idempotency", {})
    request = f"{call.method} {call.path} {sorted(call.params)}".encode() + call.body
    digest, name = hashlib.sha256(request).hexdigest(), f"{call.account} {key}"
    found = kept.get(name)
    if found and time.time() < found["at"] + world.settings.idempotency_seconds:
        if found["request"] != digest:
            raise invalid(call, "The Idempotency-Key was used before with another request")
        call.notes.append("answered again from its Idempotency-Key")
        return Answer(found["status"], found["body"].encode(), found["content_type"])
    try:
        made = work()
    except VendorRefusal as refusal:
        made = refusal.answer
    kept[name] = {
        "request": digest,
        "at": time.time(),
        "status": made.status,
        "body": made.body.decode(),
        "content_type": made.content_type,
    }
    return made


def carry_out(
    world: XeroWorld, call: Call, name: str, sent: list[Json], plan: Callable[[Json], Callable[[], Json]]
) -> Answer:
    """Check each object, then do them all; with summarizeErrors=false each for itself, answered with its errors."""
    together = flag(call, "summarizeErrors", default=True)
    plans = [_planned(one, plan) for one in sent]
    if together and any(one.messages for one in plans):
        raise _all_wrong(call, [one for one in plans if one.messages])
    items = []
    for one in plans:
        item: Json = {}
        if not one.messages:
            try:
                item = one.carry_out()
            except (NotPossible, Wrong) as problem:
                one.messages = (str(problem),)
        if one.messages and together:
            raise invalid(call, one.messages[0], echo(one.sent))
        if one.messages:
            errors = [{"Message": text} for text in one.messages]
            item = echo(one.sent) | {"HasErrors": True, "StatusAttributeString": "ERROR", "ValidationErrors": errors}
        elif not together:
            item = item | {"StatusAttributeString": "OK"}
        items.append(item)
    return answer(call, envelope(world.clock, name, items))


def _planned(sent: Json, plan: Callable[[Json], Callable[[], Json]]) -> Plan:
    try:
        return Plan(sent, plan(sent))
    except Wrong as wrong:
        return Plan(sent, messages=wrong.messages)
    except NotThere as missing:
        return Plan(sent, messages=(str(missing),))


def _all_wrong(call: Call, plans: list[Plan]) -> VendorRefusal:
    refused = invalid(call, plans[0].messages[0])
    body = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": [
            {**echo(one.sent), "ValidationErrors": [{"Message": text} for text in one.messages]} for one in plans
        ],
    }
    return VendorRefusal(answer(call, body, 400), str(refused))
