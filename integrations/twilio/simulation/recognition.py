"""What an ear that listens for one language makes of the other: other words, that mean nothing.

Recognition of one language does not fall silent over another one. It writes down words of its own that sound a little alike. Which
those are is drawn, and the same word is taken for the same one all through a run of the same seed.
"""

import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from integrations.twilio.simulation.personas import library
from integrations.twilio.simulation.relay_voices import MULTI

LISTS = Path(__file__).with_name("languages.yaml")
LONG_WORD = 6  # letters: taken for two
_MARKS = re.compile(r"[^\w'’]")
_SPANISH_LETTERS = re.compile(r"[áéíóúñ¿¡]")


def as_recognized(words: Sequence[str], *, listening: str, spoken: str, seed: int) -> list[str]:
    """One entry for each word, as recognition that listens for ``listening`` writes it.

    ``spoken`` is the speaker's usual language, for words that could be of either. Both by tags such as ``es-US``.
    """
    ear = primary(listening)
    if ear == MULTI:
        return list(words)
    return [
        word if language in ("", ear) else _taken_for(word, ear, seed)
        for word, language in zip(words, _languages(words, primary(spoken)), strict=True)
    ]


def language_of(words: Sequence[str], *, spoken: str) -> str:
    """The language most of these words are in, as ``en`` or ``es``; the speaker's where none says."""
    said = [language for language in _languages(words, primary(spoken)) if language]
    return max(sorted(set(said)), key=said.count) if said else primary(spoken)


def primary(tag: str) -> str:
    return tag.split("-")[0]


def _languages(words: Sequence[str], usual: str) -> list[str]:
    """Of each word: by itself where it is of one language alone, else that of the word before, of the next, the usual one.

    Empty for what is alike in both.
    """
    lists = _lists()
    found = [_language(word, lists) for word in words]
    before = next((language for language in found if language), usual)
    told = []
    for language in found:
        before = language or before
        told.append("" if language is None else before)
    return told


def _language(word: str, lists: dict[str, frozenset[str]]) -> str | None:
    """Empty where it may be of either; None for what is alike in both, and for what is no word."""
    bare = _MARKS.sub("", word).lower().replace("’", "'")
    if bare in lists["shared"] or not any(letter.isalpha() for letter in bare):
        return None
    if _SPANISH_LETTERS.search(word.lower()) or (bare in lists["es"] and bare not in lists["en"]):
        return "es"
    return "en" if bare in lists["en"] and bare not in lists["es"] else ""


def _taken_for(word: str, ear: str, seed: int) -> str:
    dice = random.Random(f"{seed} {ear} {_MARKS.sub('', word).lower()}")  # noqa: S311 - a simulation wants the same ear again
    sounds = _sounds().get(ear, _sounds()["en"])
    return " ".join(dice.choice(sounds) for _ in range(2 if len(word) > LONG_WORD else 1))


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(LISTS.read_text(encoding="utf-8"))
    return found


@cache
def _lists() -> dict[str, frozenset[str]]:
    """The words of either language: those listed, and those of the scripted people. Words of both say nothing by themselves."""
    told = _read()
    return {
        "shared": frozenset(told["shared"].split()),
        "en": frozenset(told["english"].split()) | _spoken_by_people("en"),
        "es": frozenset(told["spanish"].split()) | _spoken_by_people("es"),
    }


@cache
def _sounds() -> dict[str, list[str]]:
    return {language: words.split() for language, words in _read()["sounds"].items()}


def _spoken_by_people(language: str) -> frozenset[str]:
    """Words of the scripted people who speak this language, without the lines that mix both."""
    lines = [line for one in library().values() if primary(one.language) == language for line in one.lines()]
    alone = [line for line in lines if language == "es" or not _SPANISH_LETTERS.search(line.lower())]
    return frozenset(_MARKS.sub("", word).lower().replace("’", "'") for line in alone for word in line.split())
