"""Which language a line is in: ``en``, ``es`` or ``es-en``. By the small words that only one of the two has."""

import re
from functools import cache
from pathlib import Path

from disputes.hearing.text import LONGEST, plain

FILE = Path(__file__).with_name("languages.txt")
_AMBIGUOUS = frozenset({"no", "si", "a", "me", "he", "on", "es", "son", "as", "has", "once", "come"})


def language_of(text: str) -> str:
    """Words that both languages have say nothing; a line with neither counts as English."""
    text = text[:LONGEST]
    words = [word for word in re.findall(r"[a-z]+", plain(text)) if word not in _AMBIGUOUS]
    spanish = sum(word in _words("es") for word in words)
    english = sum(word in _words("en") for word in words)
    marks = any(mark in text for mark in "¿¡ñ") or bool(re.search(r"[áéíóú]", text.lower()))
    if marks:
        spanish += 1
    if not spanish:
        if (
            not english
            and re.fullmatch(r"\s*(no|si|sí)?[\s,.]*(si|sí|no es|es)[\s,.!]*", text.lower())
            and text.lower().strip(" .,!") != "no"
        ):
            return "es"
        return "en"
    if not english:
        return "es"
    return "es-en" if min(spanish, english) / max(spanish, english) >= 0.2 else ("es" if spanish > english else "en")


@cache
def _words(language: str) -> frozenset[str]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if line.startswith(f"{language}:") for word in line.split()[1:])
