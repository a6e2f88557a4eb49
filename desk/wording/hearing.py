"""How a sentence was understood, in words: what it meant, how sure, against which thresholds, by which version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.models import TranscriptLine
from desk.wording.outcomes import short
from disputes.hearing import INDEPENDENT
from syntharra.templatetags.syntharra import seconds

_MEANINGS: dict[str, Promise] = {
    "confirm_identity_yes": _("Says it is them"),
    "confirm_identity_no": _("Says it is not them"),
    "are_you_a_bot": _("Asks whether this is a machine"),
    "other": _("Nothing to act on"),
}
_STATES: dict[str, Promise] = {
    "listen": _("went on listening"),
    "pause": _("fell silent about money"),
    "freeze": _("stopped for good"),
}
_LANGUAGES: dict[str, Promise] = {"en": _("English"), "es": _("Spanish"), "es-en": _("Spanish and English")}
_ALWAYS = {str(intent) for intent in INDEPENDENT}


@dataclass(frozen=True)
class Evidence:
    """One recognized text and what was made of it. ``partial``: recognized while they were still talking."""

    at: str
    words: str
    partial: bool
    did: str
    facts: tuple[tuple[str, str], ...]


def matters(line: TranscriptLine) -> bool:
    """Something followed from this sentence, or had to."""
    return line.state in ("pause", "freeze") or not _ALWAYS.isdisjoint({line.intent, *line.also})


def evidence_of(line: TranscriptLine) -> Evidence:
    """What is on record about this text; no facts where the record has none."""
    return Evidence(
        at=seconds(float(line.second)),
        words=line.text,
        partial=line.partial,
        did=str(_STATES.get(line.state, "")),
        facts=tuple(_facts(line)),
    )


def meaning(intent: str) -> str:
    """A meaning in two or three words."""
    return str(_MEANINGS[intent]) if intent in _MEANINGS else short(intent) or intent


def _facts(line: TranscriptLine) -> list[tuple[str, str]]:
    said: Mapping[str, Any] = line.evidence or {}
    facts = []
    if line.intent:
        facts.append((gettext("Meaning"), ", ".join(meaning(intent) for intent in (line.intent, *line.also))))
    if _is_number(said.get("score")):
        facts.append((gettext("Chance of a dispute"), f"{float(said['score']):.3f}"))
    if _is_number(said.get("pause_at")):
        facts.append((gettext("Falls silent from"), f"{float(said['pause_at']):.3f}"))
    if _is_number(said.get("freeze_at")):
        facts.append((gettext("Stops for good from"), f"{float(said['freeze_at']):.3f}"))
    if said.get("rule_ids"):
        facts.append((gettext("Phrases"), ", ".join(str(rule) for rule in said["rule_ids"])))
    if said.get("lang"):
        facts.append((gettext("Language"), str(_LANGUAGES.get(said["lang"], said["lang"]))))
    if said.get("version"):
        facts.append((gettext("Hearing"), str(said["version"])))
    return facts


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
