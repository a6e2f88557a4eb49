"""The sandbox's telephone in living hands: a simulated customer steps aside, and a person at the browser answers for him."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2

from calls.numbers import address
from desk import sandbox as room
from desk.wording.transcript import Turn
from invoices.models import Contact, Customer
from syntharra.templatetags.syntharra import seconds

YOURSELF = "yourself"
KEYS = ("9", "0", "*")
LONGEST = 500
MOST_TEXTS = 20
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


class NoCarrier(Exception):
    """The simulated carrier does not answer, or takes this order for none of its own."""


@dataclass(frozen=True)
class Line:
    """The newest call on this telephone with one of the firm's numbers. ``state``: ringing, talking or over.

    ``firm``: the firm's number on it. ``incoming``: the firm calls.
    """

    sid: str
    state: str
    firm: str
    incoming: bool
    length: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class TextLine:
    """One text on this telephone."""

    theirs: bool
    words: str
    status: str


def number_of(customer: Customer) -> str:
    """The number that is rung about money; empty where there is none."""
    billing = customer.contacts.filter(role=Contact.Role.BILLING).exclude(phone="").order_by("rank").first()
    return billing.phone if billing is not None else ""


def is_taken(number: str) -> bool:
    """Whether a living person answers at this number now. Raises NoCarrier."""
    there = _ask("scenarios")["numbers"].get(number)
    return there is not None and there["persona"] == YOURSELF


def take(number: str) -> str:
    """From now on whoever sits at the browser answers here. The persona that did before. Raises NoCarrier."""
    told = _ask("scenarios")
    before = told["numbers"].get(number, {"persona": told["default"]})["persona"]
    _ask("scenarios", {"number": number, "persona": YOURSELF})
    return str(before)


def give_back(number: str, persona: str) -> None:
    """The simulated customer answers again. Raises NoCarrier."""
    try:
        _ask("scenarios", {"number": number, "persona": persona})
    except NoCarrier:  # a script of a test's own has no name to come back by
        _ask("scenarios", {"number": number, "persona": _ask("scenarios")["default"]})


def line(number: str, ours: set[str], *, customer: str, firm: str) -> Line | None:
    """What is on this telephone. A call with another firm's number is nobody's business here. Raises NoCarrier."""
    call = _ask(f"handset?number={quote(number)}")["call"]
    if call is None:
        return None
    incoming = call["direction"] != "inbound"
    other = call["from"] if incoming else call["to"]
    if other not in ours:
        return None
    state = "over" if call["status"] in OVER else "talking" if call["status"] == "in-progress" else "ringing"
    turns = tuple(_turns(call, customer=customer, firm=firm))
    return Line(call["sid"], state, other, incoming, seconds(call["seconds"]), turns)


def act(sid: str, what: str, text: str = "") -> None:
    """Answer, decline, say, press, hang up. Raises NoCarrier."""
    _ask(f"handset/{sid}", {"act": what, "text": text[:LONGEST]})


def texts(number: str, ours: set[str]) -> list[TextLine]:
    """What was texted between this telephone and the firm, the oldest first. Raises NoCarrier."""
    found = [
        one
        for one in _ask("messages")["messages"]
        if (one["to"] == number and one["from_"] in ours) or (one["from_"] == number and one["to"] in ours)
    ]
    return [TextLine(one["from_"] == number, one["body"], one["status"]) for one in found[-MOST_TEXTS:]]


def text(number: str, firm: str, body: str) -> None:
    """The customer texts the firm's number from this telephone. Raises NoCarrier."""
    _ask("sms", {"from": number, "to": firm, "body": body[:LONGEST], "sms_url": address("twilio_text")})


def ring(number: str, firm: str) -> None:
    """The customer calls the firm's number from this telephone. Raises NoCarrier."""
    order = {
        "from": number,
        "to": firm,
        "persona": YOURSELF,
        "voice_url": address("twilio_inbound"),
        "fallback_url": address("twilio_inbound_fallback"),
        "status_callback": address("twilio_inbound_status"),
    }
    _ask("inbound", order)


def _turns(call: dict[str, Any], *, customer: str, firm: str) -> list[Turn]:
    """The conversation as it sounded. What is in the air at this moment belongs to the agent's last words."""
    lines = [line for line in call["lines"] if line["text"] or line["unplayed"]]
    sounding = call["sounding"].strip()
    agent = [line for line in lines if line["who"] == "agent"]
    if sounding and agent and not agent[-1]["complete"] and not agent[-1]["interrupted"]:
        agent[-1]["text"] = f"{agent[-1]['text']} {sounding}"
    elif sounding:
        lines.append({"who": "agent", "text": sounding, "unplayed": "", "second": call["seconds"]})
    names = {"person": customer, "agent": firm, "line": ""}
    return [
        Turn(
            line["who"] == "person",
            names[line["who"]],
            seconds(int(line["second"])),
            line["text"],
            line["unplayed"].strip(),
        )
        for line in lines
    ]


def _ask(path: str, body: dict[str, Any] | None = None) -> Any:
    try:
        return room.ask("twilio", path, body) if body is not None else room.ask("twilio", path)
    except httpx2.HTTPError as error:
        raise NoCarrier(str(error)) from error
