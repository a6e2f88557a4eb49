"""Words that are the whole of a text: stop, help, start, in English and Spanish. Pure. A sentence goes to the hearing.

RULES.md 5: stop, quit, revoke, opt out, cancel, unsubscribe and end count; 47 CFR 64.1200(a)(10).
"""

import re
import unicodedata
from enum import StrEnum


class Keyword(StrEnum):
    STOP = "stop"
    HELP = "help"
    START = "start"


# What the carrier answers and keeps by itself, before we hear of it.
CARRIER_STOPS = frozenset({"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"})
_STOP = CARRIER_STOPS | {
    "stop all", "opt out", "stop it", "stop now", "please stop", "stop please", "stop texting", "stop texts", "stop messages",
    "remove me", "unsubscribe me", "alto", "parar", "pare", "paren", "basta", "cancelar", "cancele", "detener", "detenganse",
    "terminar", "salir", "baja", "dar de baja", "darme de baja", "dame de baja", "no mas", "no mas mensajes", "alto por favor",
    "stop por favor", "no mas textos", "revocar",
}  # fmt: skip
_HELP = frozenset({"help", "info", "ayuda", "informacion"})
_START = frozenset({"start", "unstop"})


def keyword(body: str) -> Keyword | None:
    """The one word this text is, whatever its case, accents and punctuation; None for everything somebody should read."""
    words = _plain(body)
    if words in _STOP:
        return Keyword.STOP
    if words in _HELP:
        return Keyword.HELP
    return Keyword.START if words in _START else None


def is_kept_by_carrier(body: str) -> bool:
    """The carrier takes this for a stop too, confirms it and lets nothing of ours through any more."""
    return body.strip().casefold() in CARRIER_STOPS


def _plain(body: str) -> str:
    bare = "".join(one for one in unicodedata.normalize("NFKD", body[:80]) if not unicodedata.combining(one))
    words = re.sub(r"[^\w]+", " ", re.sub(r"(?<=\w)-(?=\w)", " ", bare)).strip().casefold()
    return words if len(body) <= 80 else ""
