"""The sure phrases, and what takes a phrase back: patterns over :func:`disputes.hearing.text.tokens`, in ``phrases_*.toml``.

A rule says *sure* only where nobody who says it could mean anything lower. Everything less certain is the model's.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from disputes.hearing.labels import Intent, Reason

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "es")
LONGEST_CLEAR = 16


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern. ``any_of``: without one of these in a word of the text it cannot match. ``reason`` only for disputes."""

    id: str
    intent: Intent | None
    reason: Reason | None
    pattern: re.Pattern[str]
    any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules say about one text.

    ``masked``: the words left when denials and cured troubles are taken out. ``clear``: the one ordinary thing the whole text says.
    """

    intents: tuple[Intent, ...]
    reason: Reason | None
    rule_ids: tuple[str, ...]
    pulled: tuple[str, ...]
    masked: str
    clear: Intent | None = None


@cache
def sure_rules() -> tuple[Rule, ...]:
    """In their order: the first dispute rule that matches names the reason."""
    return tuple(_sure(entry, language) for language, entry in _entries("sure"))


@cache
def pulls() -> tuple[Rule, ...]:
    return tuple(
        Rule(f"{language}.pull.{entry['id']}", None, None, re.compile(str(entry["pattern"])), tuple(entry["any_of"]))
        for language, entry in _entries("pull")
    )


@cache
def clear_rules() -> tuple[Rule, ...]:
    return tuple(_sure(entry, f"{language}.clear") for language, entry in _entries("clear"))


def find(words: str) -> Found:
    """``words``: tokens joined by single spaces. Pulls are taken out first: a denial must not sound like its opposite."""
    pulled: list[str] = []
    masked = words
    candidates = 0
    for word in words.split():
        candidates |= _named_by(word)
    all_pulls, all_sure = pulls(), sure_rules()
    for rule in _chosen(all_pulls, candidates):
        masked, count = rule.pattern.subn(" ok ", masked)
        if count:
            pulled.append(rule.id)
    masked = " ".join(masked.split())
    hits = [rule for rule in _chosen(all_sure, candidates >> len(all_pulls)) if rule.pattern.search(masked)]
    reason = next((rule.reason for rule in hits if rule.reason is not None), None)
    intents = tuple(dict.fromkeys(rule.intent for rule in hits if rule.intent is not None))
    clear = None if hits else _clear(words)
    rule_ids = tuple(rule.id for rule in hits) if clear is None else (clear.id,)
    return Found(intents, reason, rule_ids, tuple(pulled), masked, clear.intent if clear else None)


def _clear(words: str) -> Rule | None:
    """Only short texts are said to be clear; the longer one is, the more it may mean."""
    bare = " ".join(word for word in words.split() if word not in ".?")
    if bare.count(" ") >= LONGEST_CLEAR:
        return None
    return next((rule for rule in clear_rules() if rule.pattern.match(bare)), None)


@lru_cache(maxsize=20_000)
def _named_by(word: str) -> int:
    """One bit for each rule, pulls first, that this word may be the occasion of."""
    bits = 0
    for place, rule in enumerate((*pulls(), *sure_rules())):
        if any(part in word for part in rule.any_of):
            bits |= 1 << place
    return bits


def _chosen(table: tuple[Rule, ...], bits: int) -> Iterator[Rule]:
    bits &= (1 << len(table)) - 1
    while bits:
        lowest = bits & -bits
        yield table[lowest.bit_length() - 1]
        bits ^= lowest


def _entries(table: str) -> list[tuple[str, dict[str, list[str] | str]]]:
    loaded = [
        (language, tomllib.loads((FOLDER / f"phrases_{language}.toml").read_text("utf-8"))) for language in LANGUAGES
    ]
    return [(language, entry) for language, tables in loaded for entry in tables[table]]


def _sure(entry: dict[str, list[str] | str], language: str) -> Rule:
    label, _, number = str(entry["id"]).partition(":")
    intent, _, reason = label.partition("/")
    rule_id = ".".join(part for part in (language, intent, reason, number) if part)
    return Rule(
        rule_id,
        Intent(intent),
        Reason(reason) if reason else None,
        re.compile(str(entry["pattern"])),
        tuple(entry.get("any_of", ())),
    )
