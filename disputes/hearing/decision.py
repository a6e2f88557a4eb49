"""From one text to one :class:`~disputes.hearing.labels.Heard`: rules, two stages of a model, the agent's last question, thresholds.

The first stage is linear and reads every text in a fraction of a millisecond. It may *clear* a whole sentence: nothing in it can stop
the call. What it does not clear, and what it marks in half a sentence, goes to the first encoder; a whole sentence that is not plainly
harmless to that one goes to the second as well. Rules stand before and after all of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp, log

from disputes.hearing import context, rules
from disputes.hearing.encoder import Encoder, Stack, Weights, encoder
from disputes.hearing.features import features
from disputes.hearing.gloss import gloss
from disputes.hearing.labels import INDEPENDENT, RANK, Heard, Intent, Listening, Reason, Stage
from disputes.hearing.language import language_of
from disputes.hearing.model import ANY_STOP, Model, model, sigmoid
from disputes.hearing.text import LONGEST, tokens

WINDOW = 40
SURE = 0.99
# Of the usual threshold: beside a stop that ends the call anyway, a dispute heard wrongly costs nearly nothing.
BESIDE = 0.85
NEVER = 0.02
ONLY_ASKED = 0.9  # of the threshold that freezes: where whoever wonders is asked, and no more
ONE_THOUGHT = 16  # words
LINEAR_VOICE = 0.5  # of the linear stage beside the encoder, where one of many is named
Logits = dict[str, float]
_EMPTY = frozenset({".", "?", ""})
_ENDING = frozenset({Intent.ATTORNEY_REPRESENTED, Intent.BANKRUPTCY, Intent.DECEASED, Intent.OPT_OUT})
# What is left of a denial when the denial is taken out.
_NOTHING_LEFT = frozenset(
    [
        "ok",
        ".",
        "?",
        "um",
        "uh",
        "oh",
        "well",
        "so",
        "and",
        "yes",
        "yeah",
        "no",
        "hi",
        "i",
        "look",
        "you",
        "know",
        "the",
        "it",
        "is",
        "that",
        "bueno",
        "pues",
        "este",
        "si",
        "oiga",
    ]
)
# What the model may name as leading beside a dispute without anybody having said it: small talk about the same invoice.
_OUTDONE = frozenset(
    {Intent.OTHER, Intent.QUESTION_ABOUT_INVOICE, Intent.CONFIRM_IDENTITY_NO, Intent.CONFIRM_IDENTITY_YES}
)


@dataclass(frozen=True, slots=True)
class First:
    """Rules and the linear stage on one window of words."""

    said: str
    found: rules.Found
    logits: dict[str, float]
    foreign: bool  # Spanish, or both languages in one line

    @property
    def sure(self) -> bool:
        return Intent.DISPUTE in self.found.intents

    @property
    def chances(self) -> dict[Intent, float]:
        return {intent: sigmoid(self.logits[f"has:{intent}"]) for intent in INDEPENDENT}

    @property
    def stops(self) -> float:
        """How much it sounds like anything that stops a call, whichever."""
        return self.logits[ANY_STOP]

    @property
    def taken_back(self) -> bool:
        """Something is denied or was put right, and no sure phrase is left beside it."""
        return bool(self.found.pulled) and not self.found.intents

    @property
    def settled(self) -> bool:
        """A rule says what the whole of it is: a phone menu, or one ordinary thing."""
        return self.found.clear is not None or Intent.VOICEMAIL_GREETING in self.found.intents

    def is_cleared(self, at: float) -> bool:
        """Nothing that stops a call can be in it, and what it is instead is beyond doubt."""
        return self.settled or (not self.found.rule_ids and not self.found.pulled and self.stops < at)


@dataclass(frozen=True, slots=True)
class Judged:
    """One text as all judges together see it, before context and thresholds."""

    words: str
    found: rules.Found
    chances: dict[Intent, float]
    leading: Intent
    otherwise: Intent  # what it is if none of the stops is in it
    reason: Reason
    stage: Stage

    @property
    def sure(self) -> bool:
        return Intent.DISPUTE in self.found.intents

    def is_harmless(self, below: float) -> bool:
        """No rule and no chance speaks for anything that stops a call: nobody need be asked beside."""
        return not self.found.rule_ids and not self.found.pulled and max(self.chances.values()) < below

    def found_beside(self, thresholds: dict[str, float]) -> set[Intent]:
        """The stops other than a dispute that are in it."""
        stops = {intent for intent in self.found.intents if intent is not Intent.DISPUTE}
        return stops | {
            intent
            for intent, chance in self.chances.items()
            if intent is not Intent.DISPUTE and chance >= thresholds[intent]
        }

    def freeze_at(self, thresholds: dict[str, float], usual: str = "freeze") -> float:
        """``usual``: ``freeze``, or ``at_once`` where whoever said it can be asked."""
        ends = bool(self.found_beside(thresholds) & _ENDING)
        return thresholds[usual] * (BESIDE if ends else 1.0)

    @property
    def score(self) -> float:
        """The chance of a dispute; a sure phrase lifts it above every threshold."""
        return max(self.chances[Intent.DISPUTE], SURE) if self.sure else self.chances[Intent.DISPUTE]


def hear(
    text: str,
    *,
    final: bool = True,
    asked: str | None = None,
    before: str = "",
    closely: bool = True,
    can_ask: bool = False,
) -> Heard:
    """What these words mean.

    ``final`` false: still growing; then they can silence the call and never freeze it. ``asked``: what the agent's last
    question was about (identity, what_is_wrong, open, promise, callback). ``before``: the last whole sentence, when a partial
    is judged. ``closely`` false: the encoder is not asked, whatever the first stage finds; for partials that follow one
    another within 300 ms. A whole sentence is always heard closely. ``can_ask``: whoever says it can be asked what he means at once,
    as on a call: then a doubtful dispute pauses, and is asked about, where in a letter it freezes.

    Raises :class:`~disputes.hearing.model.ModelMissing`.
    """
    judges = (model(), encoder())
    version = judges[1].version
    said = tokens(text)
    if not set(said) - _EMPTY:
        return Heard(text, Intent.OTHER, (), False, False, Listening.LISTEN, 0.0, None, "en", (), version)
    closely = closely or final
    judged = judge(text, *judges, final=final, closely=closely)
    score, bare_yes = in_context(judged, asked)
    if not final and before and closely and not judged.sure:
        score = max(score, _with_sentence_before(text, before, *judges))
    return _heard(text, judged, score, bare_yes, final, asked, can_ask, judges[1])


def _heard(
    text: str,
    judged: Judged,
    score: float,
    bare_yes: bool,
    final: bool,
    asked: str | None,
    can_ask: bool,
    by: Encoder,
) -> Heard:
    freeze_at = judged.freeze_at(by.thresholds, "at_once" if can_ask else "freeze")
    alone = judged.stage is Stage.LINEAR and not final
    pause_at = by.thresholds["pause" if final else "pause_partial_alone" if alone else "pause_partial"]
    if asked == "what_is_wrong":
        freeze_at = min(freeze_at, pause_at)
    pause_at = min(pause_at, freeze_at)
    if context.wonders(judged.words) and not judged.found.pulled and not judged.sure:
        pause_at = min(pause_at, ONLY_ASKED * freeze_at)
        score = max(score, pause_at) if len(judged.words.split()) > ONE_THOUGHT else pause_at
    if can_ask and score >= judged.score and _a_phrase_says_so(judged):  # what the last question makes of it stands
        score = max(score, pause_at)
    dispute = score >= freeze_at
    meanings = _meanings(judged, asked, by.thresholds, dispute)
    state = Listening.FREEZE if dispute and final else Listening.PAUSE if score >= pause_at else Listening.LISTEN
    reason = (judged.found.reason or (Reason.OTHER_VAGUE if bare_yes else judged.reason)) if dispute else None
    return Heard(
        text=text,
        intent=meanings[0],
        also=tuple(meanings[1:]),
        dispute=dispute,
        pause=score >= pause_at,
        state=state,
        score=round(score, 4),
        reason=reason,
        lang=language_of(text),
        rule_ids=judged.found.rule_ids + judged.found.pulled,
        version=by.version,
        stage=judged.stage,
        pause_at=pause_at,
        freeze_at=freeze_at,
    )


def _a_phrase_says_so(judged: Judged) -> bool:
    """A phrase of disputes that was wrong too often to be believed by itself is worth a question, where one can be asked."""
    if judged.found.pulled or judged.found.clear is not None:
        return False
    return any(rule_id.split(".")[1] == Intent.DISPUTE for rule_id in judged.found.rule_ids)


def _with_sentence_before(text: str, before: str, linear: Model, by: Encoder) -> float:
    """A sentence cut in two by a pause for breath: enough to fall silent for, where only both halves together say it."""
    together = " ".join([*before.split(), *text.split()][-WINDOW:])
    first = first_look(together, linear)
    if not is_marked(first, by):
        return 0.0
    freeze = by.thresholds["freeze"]
    if judge(together, linear, by, final=False).score < freeze or judge(before, linear, by).score >= freeze:
        return 0.0
    return by.thresholds["pause_partial"]


def windows(text: str) -> list[str]:
    """A speech longer than the window is judged part by part, and nothing found in a part is lost."""
    words = text[:LONGEST].split()
    if len(words) <= WINDOW:
        return [" ".join(words)]
    half = WINDOW // 2
    return [" ".join(words[start : start + WINDOW]) for start in range(0, len(words) - half, half)]


def judge(text: str, linear: Model, by: Encoder, *, final: bool = True, closely: bool = True) -> Judged:
    parts = [_judge(part, linear, by, final, closely) for part in windows(text)]
    if len(parts) == 1:
        return parts[0]
    telling = max(parts, key=lambda part: part.score)
    rule_ids = tuple(dict.fromkeys(rule_id for part in parts for rule_id in part.found.rule_ids))
    intents = tuple(dict.fromkeys(intent for part in parts for intent in part.found.intents))
    found = rules.Found(intents, telling.found.reason, rule_ids, telling.found.pulled, telling.found.masked)
    chances = {intent: max(part.chances[intent] for part in parts) for intent in INDEPENDENT}
    words = " ".join(part.words for part in parts)
    return Judged(words, found, chances, parts[-1].leading, parts[-1].otherwise, telling.reason, telling.stage)


def _judge(part: str, linear: Model, by: Encoder, final: bool, closely: bool) -> Judged:
    first = first_look(part, linear)
    asked = (
        closely
        and not first.settled
        and (not first.is_cleared(by.thresholds["clear"]) if final else is_marked(first, by))
    )
    if not asked:
        return weighed(first, (), by.quick_stack, by.doubted)
    # A marked sentence is hardly ever harmless to the first: the second need not wait for it to say so.
    heard, second = by.read_by_both(part) if final and is_marked(first, by) else (by.first.logits(part), None)
    quick = weighed(first, (heard,), by.quick_stack, by.doubted)
    if not final or quick.is_harmless(by.thresholds["harmless"]):
        return quick
    return weighed(first, (heard, second or by.second.logits(part)), by.stack, by.doubted)


def first_look(part: str, linear: Model) -> First:
    """Rules and the linear stage. Denials are taken out before it: they must not sound like their opposite."""
    said = " ".join(tokens(part))
    found = rules.find(said)
    foreign = language_of(part) != "en"
    return First(said, found, linear.logits(seen_by_linear(found, foreign)), foreign)


def seen_by_linear(found: rules.Found, foreign: bool) -> list[int]:
    """The features of what the rules left. Spanish is read as English here too, so that it learns from lines in either."""
    words = gloss(found.masked).lower() if foreign else found.masked
    return features(words.split(), marks_of(found))


def is_marked(first: First, by: Encoder) -> bool:
    """Worth a closer hearing though the sentence is not complete."""
    return not first.settled and (bool(first.found.intents) or first.stops >= by.thresholds["mark"])


def weighed(first: First, close: Sequence[Logits], stack: Stack, doubted: frozenset[str]) -> Judged:
    """Both stages and the rules as one chance a meaning; ``close`` is what each encoder said that was asked.

    ``doubted``: rules that were too often wrong to stand above the model; they count as one voice among the others.
    """
    found = sure_of(first.found, doubted)
    chances = (
        first.chances
        if not close
        else {
            intent: sigmoid(mixed(stack[weighed_as(intent, first.foreign)], close, first, intent))
            for intent in INDEPENDENT
        }
    )
    intents = [Intent(name) for name in _likely("intent", Intent, first, close)]
    leading, reason = intents[0], Reason(_likely("reason", Reason, first, close)[0])
    otherwise = next(intent for intent in intents if intent not in INDEPENDENT)
    if Intent.VOICEMAIL_GREETING in found.intents:
        chances = dict.fromkeys(INDEPENDENT, 0.01)
        found = replace(found, intents=(Intent.VOICEMAIL_GREETING,), reason=None)
    if found.clear is not None:
        chances, leading = {intent: min(chance, NEVER) for intent, chance in chances.items()}, found.clear
        otherwise = leading if leading not in INDEPENDENT else otherwise
    if found.pulled and not first.found.intents and set(found.masked.split()) <= _NOTHING_LEFT:
        chances = chances | {Intent.DISPUTE: min(chances[Intent.DISPUTE], NEVER)}
    return Judged(first.said, found, chances, leading, otherwise, reason, Stage.ENCODER if close else Stage.LINEAR)


def weighed_as(intent: Intent, foreign: bool) -> str:
    """The judges count otherwise in Spanish: the first encoder and the linear stage read it through a glossary."""
    return f"{intent}:es" if foreign else intent.value


def _likely(group: str, names: Iterable[str], first: First, close: Sequence[Logits]) -> list[str]:
    """The names of one group, the likeliest first, as both stages see it."""
    scores = {name: LINEAR_VOICE * score for name, score in _relative(group, names, first.logits).items()}
    for one in close:
        scores = {name: score / len(close) + scores[name] for name, score in _relative(group, names, one).items()}
    return sorted(scores, key=lambda name: -scores[name])


def _relative(group: str, names: Iterable[str], logits: Logits) -> Logits:
    found = {name: logits[f"{group}:{name}"] for name in names}
    total = log(sum(exp(value) for value in found.values()))
    return {name: value - total for name, value in found.items()}


def sure_of(found: rules.Found, doubted: frozenset[str]) -> rules.Found:
    """Without the meanings that only doubted rules speak for."""
    if found.clear is not None or not doubted & set(found.rule_ids):
        return found
    spoken_for = {rule_id.split(".")[1] for rule_id in found.rule_ids if rule_id not in doubted}
    return replace(found, intents=tuple(intent for intent in found.intents if intent in spoken_for))


def mixed(weights: Weights, close: Sequence[Logits], first: First, intent: Intent) -> float:
    voices = [one[f"has:{intent}"] for one in close]
    return (
        sum(weight * voice for weight, voice in zip((weights.encoder, weights.second), voices, strict=False))
        + weights.linear * max(-8.0, min(8.0, first.logits[f"has:{intent}"]))
        + weights.sure * (intent in first.found.intents)
        + weights.pulled * first.taken_back
        + weights.bias
    )


def marks_of(found: rules.Found) -> tuple[str, ...]:
    """What the rules tell the linear stage."""
    reason = (f"reason {found.reason}",) if found.reason else ()
    pulls = tuple(f"pull {name.split('.')[-1]}" for name in found.pulled)
    return (*found.intents, *reason, *pulls)


def in_context(judged: Judged, asked: str | None) -> tuple[float, bool]:
    """The chance of a dispute in the light of the last question, and whether only a bare yes says so."""
    words = judged.words
    if asked == "what_is_wrong":
        if context.is_yes(words):
            return SURE, True
        if context.all_is_fine(words) and not judged.sure:
            return 0.01, False
    elif asked is not None and (context.is_yes(words) or context.is_no(words)):
        return 0.01, False
    if asked == "identity":
        vague = not judged.sure or judged.found.reason in context.VAGUE_ABOUT_A_NAME
        if not set(words.split()) - {"#", "."} or (vague and context.only_about_a_name(words, sure=judged.sure)):
            return min(judged.score, 0.01), False
    return judged.score, False


def _meanings(judged: Judged, asked: str | None, thresholds: dict[str, float], dispute: bool) -> list[Intent]:
    """Everything meant, the highest in rank first."""
    found = judged.found_beside(thresholds)
    if not found and not dispute:
        found.add(judged.otherwise)
    elif judged.leading not in INDEPENDENT and not (dispute and judged.leading in _OUTDONE):
        found.add(judged.leading)
    if asked not in (None, "identity") and Intent.WRONG_NUMBER not in judged.found.intents:
        found.discard(Intent.WRONG_NUMBER)
    if asked == "identity" and (answer := context.about_identity(judged.words)) is not None:
        kept = set(
            judged.found.intents
        )  # "that's not my name" is no wrong number while somebody else may come to the phone
        if answer is Intent.CONFIRM_IDENTITY_NO:
            kept |= {*INDEPENDENT} - {Intent.WRONG_NUMBER}
        found = {intent for intent in found if intent in kept and intent in INDEPENDENT} | {answer}
    if asked == "identity" and context.introduces(judged.words) and Intent.WRONG_NUMBER not in judged.found.intents:
        found.discard(Intent.WRONG_NUMBER)  # another name may be one of the house, or one misheard
    if dispute:
        found.add(Intent.DISPUTE)
    if len(found) > 1:
        found.discard(Intent.OTHER)
    return sorted(found or {Intent.OTHER}, key=RANK.__getitem__)
