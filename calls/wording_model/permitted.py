"""From a step of the script to what a model may be asked about it, and from its answer back to a step."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from calls.agent.alternatives import alternatives
from calls.agent.facts import Language
from calls.agent.speech import template
from calls.agent.steps import Phase, State, Step
from calls.wording_model.guard import NAME, objection
from calls.wording_model.protocol import Choice, Proposal, TurnContext
from calls.wording_model.sameness import exchanges, phrases
from calls.wording_model.vocabulary import runs_of_weight
from disputes.hearing.labels import INDEPENDENT, Listening

SCRIPT = "as_written"
_PHASES = frozenset({Phase.LISTENING, Phase.PROMISE, Phase.CALLBACK})
# Sentences that may be worded differently. Disclosures, the law's sentences, the bill itself, stops, disputes, identity: never.
REWORDABLE = frozenset(
    {
        "ask_open", "ask_open_link", "ask_anything_else", "ask_day", "ask_day_again", "ask_callback", "thanks_go_on", "go_ahead",
        "not_understood", "will_hold", "are_you_there", "answer_total", "answer_amount", "answer_due", "answer_work", "answer_service",
        "answer_number", "answer_unknown", "confirm_day", "promise_noted", "promise_no_day", "callback_noted", "callback_open",
        "paperwork", "waiting", "other_contact", "question_passed", "plan_passed_on",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Permitted:
    """One act with the step it is, and the lines of it that may be worded differently, as one sentence without facts."""

    step: Step
    line: str = ""
    first: int = 0
    last: int = 0  # past the end
    names: tuple[tuple[str, str], ...] = ()  # what stands in the braces


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a model, with what its answers would mean."""

    context: TurnContext
    permitted: dict[str, Permitted]


def question(before: State, step: Step, said: str) -> Asked | None:
    """What a model may be asked about this step; None where it has no say.

    None for certain: before the right party is known, after any stop, doubt or claim of payment, at the end of a call.
    """
    if not _has_a_say(before, step):
        return None
    permitted = {SCRIPT: _permitted(step)}
    permitted |= {act: _permitted(other) for act, other in alternatives(before, step).items()}
    if len(permitted) == 1 and not permitted[SCRIPT].line:
        return None
    choices = tuple(Choice(act, one.line) for act, one in permitted.items())
    language = step.state.language
    context = TurnContext(
        language="Spanish" if language is Language.SPANISH else "English",
        said=said,
        choices=choices,
        exchanges=tuple(dict.fromkeys(group for one in choices for group in exchanges(one.line, language))),
        courtesies=phrases(language).courtesies,
    )
    return Asked(context, permitted)


def carried_out(asked: Asked, proposal: Proposal, *, by: str) -> tuple[Step | None, str]:
    """The step the proposal means, or None and why it is not followed."""
    chosen = asked.permitted.get(proposal.act)
    if chosen is None:
        return None, "act"
    step = chosen.step
    if proposal.wording is None or not chosen.line or proposal.wording.strip() == chosen.line:
        return step, ""
    why = objection(proposal.wording, chosen.line, step.state.language)
    if why:
        return None, why
    said = _spoken(proposal.wording, chosen)
    old = step.say[chosen.first : chosen.last]
    asks = next((line.asks for line in reversed(old) if line.asks is not None), None)
    new = replace(old[-1], text=said, asks=asks, worded_by=by)
    say = (*step.say[: chosen.first], new, *step.say[chosen.last :])
    return replace(step, say=say, state=replace(step.state, speaking=say)), ""


def _has_a_say(before: State, step: Step) -> bool:
    heard, after = step.heard, step.state
    if heard is None or not step.say or step.hush or step.end is not None:
        return False
    stops = (
        any(intent in INDEPENDENT for intent in heard.meanings) or heard.state is not Listening.LISTEN or heard.pause
    )
    silent = before.silent_about_money or after.silent_about_money
    return not stops and not silent and before.right_party and after.right_party and after.phase in _PHASES


def _permitted(step: Step) -> Permitted:
    """The last stretch of lines that may be worded differently, unless two of them give one name two meanings."""
    last = len(step.say)
    while last and step.say[last - 1].key not in REWORDABLE:
        last -= 1
    first = last
    while first and step.say[first - 1].key in REWORDABLE:
        first -= 1
    lines = step.say[first:last]
    facts: dict[str, str] = {}
    for line in lines:
        for name, value in line.slots:
            if facts.setdefault(name, value) != value:
                return Permitted(step)
    if not lines:
        return Permitted(step)
    text, words = without_weight(" ".join(template(line.key, line.language) for line in lines))
    return Permitted(step, text, first, last, (*facts.items(), *words))


@lru_cache(maxsize=512)  # of joined sentences, which are ours: a few dozen
def without_weight(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Words of weight become names in braces too: they stay, and stay together, whatever else is reworded."""
    words = []
    for run in sorted(dict.fromkeys(runs_of_weight(NAME.sub(" | ", text))), key=len, reverse=True):
        name = f"the_{'_'.join(run.lower().replace("'", '').split())}"
        text = _outside_braces(text, run, f"{{{name}}}")
        words.append((name, run))
    return text, tuple(words)


def _outside_braces(text: str, run: str, name: str) -> str:
    whole = re.compile(rf"(?<![\w'’]){re.escape(run)}(?![\w'’])")
    return "".join(part if part.startswith("{") else whole.sub(name, part) for part in re.split(r"(\{\w+\})", text))


def _spoken(wording: str, chosen: Permitted) -> str:
    """Every name at once, so that a fact which looks like a name stays what it is."""
    facts = dict(chosen.names)
    text = NAME.sub(lambda match: facts[match[1]], " ".join(wording.split()))
    return text[:1].upper() + text[1:]


__all__ = ["REWORDABLE", "SCRIPT", "Asked", "carried_out", "question"]
