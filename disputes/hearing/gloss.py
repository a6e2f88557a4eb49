"""Spanish read word by word as English (``glossary_es.txt``): the encoder grew up on English and knows hardly any Spanish.

The order of the words stays Spanish; what they are about, and how they hang together, the encoder learns from lines read the same way.
"""

import re
from functools import cache, lru_cache
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
        "cases",
        "comes",
        "dare",
        "dime",
        "fallen",
        "final",
        "labor",
        "lean",
        "lee",
        "meter",
        "miles",
        "pare",
        "sales",
        "tape",
        "tire",
        "tires",
        "uses",
    ]
)
_WORDS = re.compile(r"[a-z]+|[^a-z]+")
_OBJECTS = {
    "nos": "us",
    "los": "them",
    "las": "them",
    "les": "you",
    "me": "me",
    "lo": "it",
    "la": "it",
    "le": "you",
    "se": "",
}
# An infinitive, what is going on, or what somebody is told to do, with one or two objects hanging on it.
_WITH_OBJECT = re.compile(r"(\w+(?:[aei]r|ndo|[aeo]n?))((?:se|me|nos)?(?:nos|los|las|les|me|lo|la|le|se))")


def gloss(text: str) -> str:
    """The line with its Spanish words in English; a line without Spanish as it is."""
    language = language_of(text)
    if language == "en":
        return text
    kept = _ENGLISH_TOO if language == "es-en" else frozenset()
    return "".join(_read(word) if word not in kept else word for word in _WORDS.findall(plain(text)))


@lru_cache(maxsize=20_000)
def _read(word: str) -> str:
    """One word; *mandarlo* and *llamenos* are read as what they are made of, a word nobody listed stays as it is."""
    table = _table()
    if word in table:
        return table[word]
    if (made_of := _WITH_OBJECT.fullmatch(word)) and made_of[1] in table:
        objects = [_OBJECTS[one] for one in re.findall("|".join(_OBJECTS), made_of[2]) if _OBJECTS[one]]
        return " ".join([table[made_of[1]], *objects])
    return word


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
