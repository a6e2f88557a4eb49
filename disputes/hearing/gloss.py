"""Spanish read word by word as English (``glossary_es.txt``): the encoder grew up on English and knows hardly any Spanish.

The order of the words stays Spanish; what they are about, and how they hang together, the encoder learns from lines read the same way.
"""

import re
from functools import cache
from pathlib import Path

from disputes.hearing.language import language_of
from disputes.hearing.text import plain

FILE = Path(__file__).with_name("glossary_es.txt")
# English words too: read as Spanish only in a line that is Spanish throughout.
_ENGLISH_TOO = frozenset(
    [
        "a",
        "as",
        "base",
        "case",
        "come",
        "date",
        "do",
        "doble",
        "don",
        "era",
        "fin",
        "has",
        "he",
        "hay",
        "is",
        "los",
        "me",
        "mire",
        "no",
        "on",
        "once",
        "pan",
        "real",
        "sale",
        "sin",
        "solo",
        "son",
        "ten",
        "use",
        "van",
        "ver",
    ]
)
_WORDS = re.compile(r"[a-z]+|[^a-z]+")


def gloss(text: str) -> str:
    """The line with its Spanish words in English; a line without Spanish as it is."""
    language = language_of(text)
    if language == "en":
        return text
    table = _table()
    kept = _ENGLISH_TOO if language == "es-en" else frozenset()
    return "".join(table.get(word, word) if word not in kept else word for word in _WORDS.findall(plain(text)))


@cache
def _table() -> dict[str, str]:
    """The first reading of a word counts."""
    found: dict[str, str] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        english, colon, spanish = line.partition(":")
        if not colon or line.startswith("#"):
            continue
        for word in spanish.split():
            found.setdefault(word, english)
    return found
