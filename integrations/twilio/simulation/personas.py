"""The people (and machines) who answer: scripts in YAML, read strictly."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from integrations.twilio.simulation.errors import ControlError

FOLDER = Path(__file__).parent / "personas"

# Loose on purpose: a person answers what was meant, whatever words the agent chose.
SHARED_PATTERNS: Mapping[str, str] = {
    "anything": r"\w",
    "identity": (
        r"(am i|i am|i'm) (speaking|talking) (with|to)|(speak|talk) (with|to)|is (this|that) (?-i:[A-Z])|"
        r"is this the|(is|does) \w+( \w+)? (there|available|in|handle)\b|accounts payable|billing contact|"
        r"who (handles|pays|takes)|(?<!reaches the )right person|reach(ed|ing)? (?-i:[A-Z])|looking for|trying to reach|"
        r"connect me|put me through|your (full )?name|who('s| is) (this|speaking)|who (i'?m|am i|i am) (speaking|talking)|"
        r"hablo con|habla con|hablar con|es usted|con qui[eé]n hablo"
    ),
    "asks_fact": r"\bzip\b|your street|does not match|c[oó]digo postal|su calle|no coincide",
    "money": (
        r"invoice|balance|past due|overdue|\bdue\b|amount|\bow(e|es|ed|ing)\b|outstanding|payment|unpaid|\bbill\b|"
        r"\$|dollar|factura|saldo|d[oó]lares|vencid"
    ),
    "asks_what_is_wrong": (
        r"what('s| is| was| seems| went| did|\s+happened)|wrong|don'?t agree|disagree|tell me (more|what|about)|"
        r"could you (say|tell|explain)|qu[eé] (pas|est|sucede|problema)|problema"
    ),
    "asks_when": r"what (day|date)|which (day|date)|when (can|could|do|will|would|are|is|should)|by when|cu[aá]ndo",
    "asks_how": r"how (will|would|do|are|did) you|by (check|link|card|transfer)|check,? (or|link)|check number",
    "asks_if_fine": (
        r"does that (work|sound)|is that (right|correct|ok|okay|all right|still)|did i (get|hear)|"
        r"correct\?|right\?|okay\?|est[aá] bien\?"
    ),
    "admits_machine": r"automated|virtual|assistant|\bAI\b|artificial|robot|not a (person|human)|computer",
    "wants_number": r"reach (him|her|them)|call back|callback|better time|when (is|would)|good time|best (time|number)",
    "still_there": r"still there|are you there|hear me|sigue ah[ií]",
}
LIVE = "live"  # somebody sits at the handset and answers when he likes
LINE_KINDS = frozenset({"human", "machine", "fax", "busy", "failed", "no_answer", LIVE})
_INTERRUPTIONS = {"say": "barge_in", "dtmf": "barge_in_with_keys", "hang_up": "barge_in_by_hanging_up"}
_RECOGNITION = ("recognized", "first_heard")
PERSONA_KEYS = {
    "name", "title", "description", "line", "language", "person", "pick_up", "answers", "steps", "closing", "means", "reason",
    "debtor", "facts",
}  # fmt: skip
_DEFAULT_SIP = {"busy": 486, "failed": 404, "no_answer": 480}


@dataclass(frozen=True, slots=True)
class LineBehavior:
    """What the network and the telephone do before anybody talks.

    `talks_for` is how long somebody whom a `<Dial>` connects stays on the line.
    """

    kind: str = "human"
    answer_after: float = 4.0
    sip_code: int = 200
    answered_by: str = ""
    amd_after: float = 0.0
    greeting: str = ""
    beep: bool = True
    records_for: float = 60.0
    talks_for: float = 8.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Said whenever the agent's words match, at most `times` times."""

    when: re.Pattern[str]
    say: str
    times: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the person does; which fields count depends on `action`.

    Speech recognition may get a text wrong: `recognized` is what it makes of it in the end, `first_heard` are words it takes
    for others until two more have been said.
    """

    action: str
    pattern: re.Pattern[str] | None = None
    text: str = ""
    recognized: str = ""
    first_heard: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    patience: float = 5.0


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who answers. `means` is what he is about, in the words of the trade's outcomes, for tests to hold us to;

    `facts` are what he knows of himself, spoken where a text has their name in braces.
    """

    name: str
    title: str
    description: str
    line: LineBehavior = LineBehavior()
    language: str = "en-US"
    person: str = "me"
    pick_up: str = "Hello?"
    answers: tuple[Answer, ...] = ()
    steps: tuple[Step, ...] = ()
    means: tuple[str, ...] = ()
    reason: str = ""
    debtor: str = "business"
    facts: tuple[tuple[str, str], ...] = ()
    closing: str = "Okay, thanks, bye."
    closing_after: float = 8.0

    def lines(self) -> list[str]:
        """Everything this person may say, in order."""
        said = [self.line.greeting, self.pick_up, *(a.say for a in self.answers), *(s.text for s in self.steps)]
        return [text for text in [*said, self.closing] if text]


def compile_pattern(text: str) -> re.Pattern[str]:
    """A shared pattern by its name, or a regular expression of one's own."""
    try:
        return re.compile(SHARED_PATTERNS.get(text, text), re.IGNORECASE)
    except re.error as error:
        raise ControlError(f"the pattern {text!r} is no regular expression: {error}") from error


def read_persona(data: Mapping[str, Any], *, name: str = "") -> Persona:
    """A persona from a mapping as in the YAML files; a wrong or unknown key is a `ControlError` that names it."""
    _only(data, PERSONA_KEYS, f"persona {data.get('name', name)!r}")
    own_name = str(data.get("name", name))
    closing = data.get("closing") or {}
    _only(closing, {"say", "after"}, "closing")
    return Persona(
        name=own_name,
        title=str(data.get("title", own_name.replace("_", " "))),
        description=str(data.get("description", "")),
        line=_read_line(data.get("line") or {}),
        language=str(data.get("language", "en-US")),
        person=str(data.get("person", "me")),
        pick_up=str(data.get("pick_up", "Hello?") or ""),
        answers=tuple(_read_answer(answer) for answer in data.get("answers") or ()),
        steps=tuple(_read_step(step) for step in data.get("steps") or ()),
        means=tuple(str(one) for one in data.get("means") or ()),
        reason=str(data.get("reason", "")),
        debtor=str(data.get("debtor", "business")),
        facts=_read_facts(data.get("facts") or {}),
        closing=str(closing.get("say", "Okay, thanks, bye.") or ""),
        closing_after=float(closing.get("after", 8.0)),
    )


def changed_line(line: LineBehavior, changes: Mapping[str, Any]) -> LineBehavior:
    """The line with some settings changed; another kind brings its own SIP code."""
    _only(changes, set(asdict(line)), "line")
    kept = asdict(line)
    if "kind" in changes:
        del kept["sip_code"]
    return _read_line({**kept, **changes})


def _read_line(data: Mapping[str, Any]) -> LineBehavior:
    names = {
        "kind",
        "answer_after",
        "sip_code",
        "answered_by",
        "amd_after",
        "greeting",
        "beep",
        "records_for",
        "talks_for",
    }
    _only(data, names, "line")
    kind = str(data.get("kind", "human"))
    if kind not in LINE_KINDS:
        raise ControlError(f"line.kind {kind!r} is not one of {', '.join(sorted(LINE_KINDS))}")
    return LineBehavior(
        kind=kind,
        answer_after=float(data.get("answer_after", 4.0)),
        sip_code=int(data.get("sip_code", _DEFAULT_SIP.get(kind, 200))),
        answered_by=str(data.get("answered_by", "")),
        amd_after=float(data.get("amd_after", 0.0)),
        greeting=str(data.get("greeting", "")),
        beep=bool(data.get("beep", True)),
        records_for=float(data.get("records_for", 60.0)),
        talks_for=float(data.get("talks_for", 8.0)),
    )


def _read_answer(data: Mapping[str, Any]) -> Answer:
    _only(data, {"when", "say", "times"}, "answer")
    if "when" not in data or "say" not in data:
        raise ControlError("an answer needs `when` and `say`")
    return Answer(compile_pattern(str(data["when"])), str(data["say"]), int(data.get("times", 1)))


def _read_facts(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    if not isinstance(data, Mapping):
        raise ControlError("facts must be a mapping of names to what is said for them")
    return tuple((str(name), str(value)) for name, value in data.items())


def informed(persona: Persona, facts: Mapping[str, Any]) -> Persona:
    """The same person, who knows this of himself."""
    return replace(persona, facts=_read_facts({**dict(persona.facts), **facts}))


def _read_step(data: Mapping[str, Any]) -> Step:
    keys = set(data)
    patience = float(data.get("patience", 5.0))
    if "barge_in_at" in keys:
        _only(data, {"barge_in_at", "about", "patience", *_RECOGNITION, *_INTERRUPTIONS}, "step barge_in_at")
        acts = keys & set(_INTERRUPTIONS)
        if len(acts) != 1:
            raise ControlError("barge_in_at needs one of `say`, `dtmf`, `hang_up`")
        act = acts.pop()
        pattern = compile_pattern(str(data.get("about", "anything")))
        step = Step(_INTERRUPTIONS[act], pattern, str(data[act]), seconds=float(data["barge_in_at"]), patience=patience)
        return _with_recognition(step, data)
    if "wait_for" in keys:
        _only(data, {"wait_for", "patience"}, "step wait_for")
        return Step("wait_for", compile_pattern(str(data["wait_for"])), patience=patience)
    if "hang_up_after_words" in keys:
        _only(data, {"hang_up_after_words", "say", *_RECOGNITION}, "step hang_up_after_words")
        step = Step("say_and_drop", text=str(data["say"]), seconds=float(data["hang_up_after_words"]))
        return _with_recognition(step, data)
    if "say" in keys:
        _only(data, {"say", *_RECOGNITION}, "step say")
        return _with_recognition(Step("say", text=str(data["say"])), data)
    if "wait_for_keys" in keys:
        _only(data, {"wait_for_keys", "patience"}, "step wait_for_keys")
        return Step("wait_for_keys", text=str(data["wait_for_keys"]), patience=patience)
    if keys == {"call_back"}:
        _only(data["call_back"], {"after_seconds"}, "step call_back")
        return Step("call_back", seconds=float(data["call_back"].get("after_seconds", 60.0)))
    if keys == {"dtmf"}:
        return Step("dtmf", text=str(data["dtmf"]))
    if keys == {"silence"}:
        return Step("silence", seconds=float(data["silence"]))
    if keys == {"hang_up"}:
        return Step("hang_up")
    if keys == {"pay"}:
        _only(data["pay"], {"after_seconds"}, "step pay")
        return Step("pay", seconds=float(data["pay"].get("after_seconds", 5.0)))
    raise ControlError(
        "a step has one of wait_for, say, barge_in_at, hang_up_after_words, dtmf, wait_for_keys, silence, hang_up, pay, "
        f"call_back; not {', '.join(sorted(keys))}"
    )


def _with_recognition(step: Step, data: Mapping[str, Any]) -> Step:
    first = _read_facts(data.get("first_heard") or {})
    return replace(step, recognized=str(data.get("recognized", "") or ""), first_heard=first)


def _only(data: Mapping[str, Any], known: set[str], what: str) -> None:
    if not isinstance(data, Mapping):
        raise ControlError(f"{what} must be a mapping")
    if unknown := set(data) - known:
        raise ControlError(f"{what} has unknown keys: {', '.join(sorted(map(str, unknown)))}")


@cache
def library() -> Mapping[str, Persona]:
    """Every persona shipped with the product, by name."""
    found: dict[str, Persona] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        found[path.stem] = read_persona(yaml.safe_load(path.read_text(encoding="utf-8")), name=path.stem)
    return found


def persona_named(name: str) -> Persona:
    try:
        return library()[name]
    except KeyError:
        raise ControlError(f"no persona is named {name!r}; there are {', '.join(sorted(library()))}") from None
