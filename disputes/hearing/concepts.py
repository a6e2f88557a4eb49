"""Families of words (``concepts.txt``): *leak*, *drips* and *goteando* are one thing to the model."""

from functools import cache, lru_cache
from pathlib import Path

from disputes.hearing.text import plain

FILE = Path(__file__).with_name("concepts.txt")


@cache
def _tables() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Whole words and beginnings, each with its families."""
    whole: dict[str, list[str]] = {}
    beginnings: dict[str, list[str]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        name, _colon, listed = line.partition(":")
        for word in listed.split():
            table = beginnings if word.endswith("*") else whole
            families = table.setdefault(plain(word.rstrip("*")), [])
            if name not in families:
                families.append(name)
    return {word: tuple(names) for word, names in whole.items()}, {
        word: tuple(names) for word, names in beginnings.items()
    }


@lru_cache(maxsize=20_000)
def families(word: str) -> tuple[str, ...]:
    """The families of a word, or none. The longest beginning that fits counts beside the whole word."""
    whole, beginnings = _tables()
    found = list(whole.get(word, ()))
    for length in range(len(word), 2, -1):
        if word[:length] in beginnings:
            found.extend(name for name in beginnings[word[:length]] if name not in found)
            break
    return tuple(found)
