"""From one text to one :class:`~disputes.hearing.labels.Heard`: rules, model, the agent's last question, thresholds."""

from dataclasses import dataclass

from disputes.hearing import context, rules
from disputes.hearing.features import features
from disputes.hearing.labels import INDEPENDENT, RANK, Heard, Intent, Listening, Reason
from disputes.hearing.language import language_of
from disputes.hearing.model import Model, model, sigmoid
from disputes.hearing.text import tokens

WINDOW = 40
_EMPTY = frozenset({".", "?", ""})
# What the model may name as leading beside a dispute without anybody having said it: small talk about the same invoice.
_OUTDONE = frozenset(
    {Intent.OTHER, Intent.QUESTION_ABOUT_INVOICE, Intent.CONFIRM_IDENTITY_NO, Intent.CONFIRM_IDENTITY_YES}
)


@dataclass(frozen=True, slots=True)
class Judged:
    """Rules and model on one text, before context and thresholds."""

    words: str
    found: rules.Found
    chances: dict[Intent, float]
    leading: Intent
    reason: Reason

    @property
    def sure(self) -> bool:
        return Intent.DISPUTE in self.found.intents

    @property
    def score(self) -> float:
        """The chance of a dispute; a sure phrase lifts it above every threshold."""
        return max(self.chances[Intent.DISPUTE], 0.99) if self.sure else self.chances[Intent.DISPUTE]


def hear(text: str, *, final: bool = True, asked: str | None = None, before: str = "") -> Heard:
    """What these words mean.

    ``final`` false: still growing; then they can silence the call and never freeze it. ``asked``: what the agent's last
    question was about (identity, what_is_wrong, open, promise, callback). ``before``: the last whole sentence, when a partial
    is judged.
    """
    weights = model()
    said = tokens(text)
    if not set(said) - _EMPTY:
        return Heard(text, Intent.OTHER, (), False, False, Listening.LISTEN, 0.0, None, "en", (), weights.version)
    judged = judge(said, weights)
    score, bare_yes = _score(judged, asked)
    if not final and before and not judged.sure:
        score = max(score, _with_sentence_before(said, tokens(before), weights))
    return _heard(text, judged, score, bare_yes, final, asked, weights)


def _heard(
    text: str, judged: Judged, score: float, bare_yes: bool, final: bool, asked: str | None, weights: Model
) -> Heard:
    pause_at = weights.thresholds["pause" if final else "pause_partial"]
    freeze_at = pause_at if asked == "what_is_wrong" else weights.thresholds["freeze"]
    dispute = score >= freeze_at
    meanings = _meanings(judged, asked, weights, dispute)
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
        version=weights.version,
    )


def _with_sentence_before(said: list[str], before: list[str], weights: Model) -> float:
    """A sentence cut in two by a pause for breath: enough to fall silent for, where only both halves together say it."""
    together = judge([*before[-WINDOW // 2 :], *said][-WINDOW:], weights)
    alone = judge(before[-WINDOW:], weights) if before else together
    return weights.thresholds["pause_partial"] if together.score >= weights.thresholds["freeze"] > alone.score else 0.0


def judge(said: list[str], weights: Model) -> Judged:
    """Rules and model. A speech longer than the window is judged part by part, and nothing found in a part is lost."""
    if len(said) <= WINDOW:
        return _judge(said, weights)
    parts = [_judge(said[start : start + WINDOW], weights) for start in range(0, len(said) - WINDOW // 2, WINDOW // 2)]
    telling = max(parts, key=lambda part: part.score)
    rule_ids = tuple(dict.fromkeys(rule_id for part in parts for rule_id in part.found.rule_ids))
    intents = tuple(dict.fromkeys(intent for part in parts for intent in part.found.intents))
    found = rules.Found(intents, telling.found.reason, rule_ids, telling.found.pulled, telling.found.masked)
    chances = {intent: max(part.chances[intent] for part in parts) for intent in INDEPENDENT}
    return Judged(" ".join(said), found, chances, parts[-1].leading, telling.reason)


def _judge(said: list[str], weights: Model) -> Judged:
    found = rules.find(" ".join(said))
    logits = weights.logits(features(found.masked.split(), marks_of(found)))
    chances = {intent: sigmoid(logits[f"has:{intent}"]) for intent in INDEPENDENT}
    if Intent.VOICEMAIL_GREETING in found.intents:
        chances = dict.fromkeys(INDEPENDENT, 0.01)
        found = rules.Found((Intent.VOICEMAIL_GREETING,), None, found.rule_ids, found.pulled, found.masked)
    leading = max(Intent, key=lambda intent: logits[f"intent:{intent}"])
    if found.clear is not None:
        chances = {intent: min(chance, 0.02) for intent, chance in chances.items()}
        leading = found.clear
    reason = max(Reason, key=lambda reason: logits[f"reason:{reason}"])
    return Judged(" ".join(said), found, chances, leading, reason)


def marks_of(found: rules.Found) -> tuple[str, ...]:
    """What the rules tell the model."""
    reason = (f"reason {found.reason}",) if found.reason else ()
    pulls = tuple(f"pull {name.split('.')[-1]}" for name in found.pulled)
    return (*found.intents, *reason, *pulls)


def _score(judged: Judged, asked: str | None) -> tuple[float, bool]:
    """The chance of a dispute in the light of the last question, and whether only a bare yes says so."""
    words = judged.words
    if asked == "what_is_wrong":
        if context.is_yes(words):
            return 0.99, True
        if context.all_is_fine(words) and not judged.sure:
            return 0.01, False
    elif asked is not None and (context.is_yes(words) or context.is_no(words)):
        return 0.01, False
    if asked == "identity":
        vague = not judged.sure or judged.found.reason in context.VAGUE_ABOUT_A_NAME
        if not set(words.split()) - {"#", "."} or (vague and context.about_identity(words) and len(words.split()) <= 7):
            return min(judged.score, 0.01), False
    return judged.score, False


def _meanings(judged: Judged, asked: str | None, weights: Model, dispute: bool) -> list[Intent]:
    """Everything meant, the highest in rank first."""
    found: set[Intent] = set(judged.found.intents) - {Intent.DISPUTE}
    for intent, chance in judged.chances.items():
        if intent is not Intent.DISPUTE and chance >= weights.thresholds[intent]:
            found.add(intent)
    if judged.leading not in INDEPENDENT and not (dispute and judged.leading in _OUTDONE):
        found.add(judged.leading)
    if asked not in (None, "identity") and Intent.WRONG_NUMBER not in judged.found.intents:
        found.discard(Intent.WRONG_NUMBER)
    if asked == "identity" and (answer := context.about_identity(judged.words)) is not None:
        kept = judged.found.intents if answer is Intent.CONFIRM_IDENTITY_YES else INDEPENDENT
        found = {intent for intent in found if intent in kept and intent in INDEPENDENT} | {answer}
    if dispute:
        found.add(Intent.DISPUTE)
    if len(found) > 1:
        found.discard(Intent.OTHER)
    return sorted(found or {Intent.OTHER}, key=RANK.__getitem__)
