"""A stored answer of the gate, rule by rule: what spoke against the contact, what did not, and on what ground."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.clearance import Clearance
from compliance.law import Layer, Source
from compliance.rulebook import RuleBook
from compliance.wording import in_words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Line:
    """One rule. `layer` is None for a rule that did not speak and whose layer depends on who is contacted."""

    code: str
    speaks_against: bool
    layer: Layer | None
    words: "_StrPromise"
    source: Source
    figures: Mapping[str, Any]


def explain(clearance: Clearance, rules: RuleBook) -> list[Line]:
    """Every rule in order of precedence; one that spoke on several grounds stands once for each."""
    spoke: dict[str, list[Line]] = {}
    for citation, found in zip(clearance.citations, clearance.inputs["findings"], strict=True):
        figures = {name: value for name, value in found.items() if name not in ("code", "layer")}
        line = Line(citation.code, True, citation.layer, in_words(citation.code), citation.source, figures)
        spoke.setdefault(citation.code, []).append(line)
    return [line for code in rules.file.codes for line in spoke.get(code) or [_silent(code, rules)]]


def _silent(code: str, rules: RuleBook) -> Line:
    known = rules.code(code)
    return Line(code, False, known.layer, in_words(code), known.source, {})
