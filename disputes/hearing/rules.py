"""The sure phrases, and what takes a phrase back: plain patterns over :func:`disputes.hearing.text.tokens`.

A rule says *sure* only where nobody who says it could mean anything lower. Everything less certain is the model's.
"""

import re
from dataclasses import dataclass
from functools import cache

from disputes.hearing import phrases_en, phrases_es
from disputes.hearing.labels import Intent, Reason


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern. ``reason`` only for disputes; the first rule in order names it."""

    id: str
    intent: Intent
    reason: Reason | None
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules say about one text. ``masked``: the words left when denials and cured troubles are taken out."""

    intents: tuple[Intent, ...]
    reason: Reason | None
    rule_ids: tuple[str, ...]
    pulled: tuple[str, ...]
    masked: str


def _compile(table: dict[str, str], language: str) -> list[Rule]:
    rules = []
    for name, pattern in table.items():
        label, _, number = name.partition(":")
        intent, _, reason = label.partition("/")
        rule_id = f"{language}.{intent}{'.' + reason if reason else ''}.{number}"
        rules.append(Rule(rule_id, Intent(intent), Reason(reason) if reason else None, re.compile(pattern)))
    return rules


@cache
def sure_rules() -> tuple[Rule, ...]:
    return (*_compile(phrases_en.SURE, "en"), *_compile(phrases_es.SURE, "es"))


@cache
def _pulls() -> tuple[tuple[str, re.Pattern[str]], ...]:
    tables = (("en", phrases_en.PULLS), ("es", phrases_es.PULLS))
    return tuple(
        (f"{language}.pull.{name}", re.compile(pattern))
        for language, table in tables
        for name, pattern in table.items()
    )


def find(words: str) -> Found:
    """``words``: the tokens joined by single spaces. Pulls are taken out first, so that a denial cannot sound like its opposite."""
    pulled: list[str] = []
    masked = words
    for rule_id, pattern in _pulls():
        masked, count = pattern.subn(" ok ", masked)
        if count:
            pulled.append(rule_id)
    masked = " ".join(masked.split())
    hits = [rule for rule in sure_rules() if rule.pattern.search(masked)]
    reason = next((rule.reason for rule in hits if rule.reason is not None), None)
    intents = tuple(dict.fromkeys(rule.intent for rule in hits))
    return Found(intents, reason, tuple(rule.id for rule in hits), tuple(pulled), masked)
