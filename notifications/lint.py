"""What a letter about a dispute may never say: no demand, no amount due as a demand, no threat, no pay button.

RULES.md 8; 15 USC 1692g(b), 12 CFR 1006.38: the acknowledgement of a dispute collects nothing. Refuses our own letters;
it is a net beneath the templates, not a substitute for reading them.
"""

import re

from notifications.letters import Rendered
from notifications.models import Message

_FORBIDDEN = (
    ("a demand", r"\b(please|must|need to|have to|kindly)\s+(pay|remit|settle)\b"),
    ("a demand", r"\bpay(ment)?\s+(now|today|immediately|is (due|required|expected))\b"),
    ("a demand", r"\b(pague|debe pagar|tiene que pagar|realice el pago)\b"),
    ("an amount due", r"\b(amount|balance|total)\s+(due|owed|outstanding|payable)\b"),
    ("an amount due", r"\byou\s+(still\s+)?owe\b"),
    ("an amount due", r"\b(past[- ]due|overdue)\b"),
    ("an amount due", r"\b(saldo|monto)\s+(pendiente|vencido|adeudado)\b"),
    (
        "a threat",
        r"\b(legal action|lawsuit|sue you|court|collections? agency|credit (bureau|report|score)|late fees?)\b",
    ),
    ("a threat", r"\b(acci[oó]n legal|demanda(r|remos)?|tribunal)\b"),
    ("a pay button", r"href=\"[^\"]*/(pay|pagar|checkout)/"),
    ("a pay button", r">\s*(pay|pagar)\b[^<]{0,30}</a>"),
)
_PATTERNS = [(what, re.compile(pattern, re.IGNORECASE)) for what, pattern in _FORBIDDEN]


class Unfit(Exception):
    """This letter about a dispute holds what it must not; nothing was sent."""


def check(message: Message, letter: Rendered) -> None:
    """Raises Unfit for a `dispute` letter that demands, threatens, names an amount due or links to a payment."""
    if message.purpose != "dispute":
        return
    for problem in problems(f"{letter.subject}\n{letter.text}\n{letter.html}"):
        raise Unfit(problem)


def without_links(text: str) -> str:
    """The letter as it is kept: tokens of signed links are masked."""
    return re.sub(r"(/l/(?:number/)?)[\w-]{20,}", r"\1…", text)


def problems(text: str) -> list[str]:
    """Each forbidden thing found, with the words that are it."""
    found = []
    for what, pattern in _PATTERNS:
        match = pattern.search(text)
        if match:
            found.append(f"{what}: “{' '.join(match.group(0).split())}”")
    return found
