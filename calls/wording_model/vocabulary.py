"""The words of weight, which only the sentence itself may bring: numbers, money, days, law, promises, threats, denials."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

_FILE = Path(__file__).with_name("vocabulary.toml")
_TABLES: dict[str, dict[str, str]] = tomllib.loads(_FILE.read_text("utf-8"))
WEIGHTY = {kind: frozenset(words.split()) for kind, words in _TABLES["weighty"].items()}
_CLASS = {word: kind for kind, words in WEIGHTY.items() for word in words}
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def words_in(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]


def weight_of(word: str) -> str:
    """What a word could do harm with; empty for none."""
    return _CLASS.get(word.lower().replace("’", "'"), "")


def runs_of_weight(text: str) -> Iterable[str]:
    """The longest stretches of weighty words in a sentence, as they stand in it."""
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        if not weight_of(match[0]):
            continue
        if found and text[found[-1][1] : match.start()] == " ":
            found[-1] = (found[-1][0], match.end())
        else:
            found.append((match.start(), match.end()))
    return [text[start:end] for start, end in found]
