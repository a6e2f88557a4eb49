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

    ``final`` false: still growing; then they can silence the call and never freeze it. ``asked``: what the agent's last question
    was about (identity, what_is_wrong, open, promise, callback). ``before``: the last whole sentence, when a partial is judged.
    """
    weights = model()
    said = [token for token in tokens(text)][-WINDOW:]
    if not set(said) - _EMPTY:
        return Heard(text, Intent.OTHER, (), False, False, Listening.LISTEN, 0.0, None, "en", (), weights.version)
    judged = judge(said, weights)
    score, vague_only = _score(judged, asked)
    if not final and before and not judged.sure:
        joined = judge([*tokens(before), *said][-WINDOW:], weights)
        if joined.score >= weights.thresholds["freeze"] > judge(tokens(before)[-WINDOW:], weights).score:
            score = max(score, weights.thresholds["pause"])
    meanings = _meanings(judged, asked, weights, score, vague_only)
    pause = score >= weights.thresholds["pause"]
    freeze_at = weights.thresholds["pause"] if asked == "what_is_wrong" else weights.thresholds["freeze"]
    dispute = score >= freeze_at
    if dispute and Intent.DISPUTE not in meanings:
        meanings = sorted({*meanings, Intent.DISPUTE} - {Intent.OTHER}, key=RANK.__getitem__)
    state = Listening.FREEZE if dispute and final else Listening.PAUSE if pause else Listening.LISTEN
    reason = (judged.found.reason or (Reason.OTHER_VAGUE if vague_only else judged.reason)) if dispute else None
    return Heard(
        text=text,
        intent=meanings[0],
        also=tuple(meanings[1:]),
        dispute=dispute,
        pause=pause,
        state=state,
        score=round(score, 4),
        reason=reason,
        lang=language_of(text),
        rule_ids=judged.found.rule_ids + judged.found.pulled,
        version=weights.version,
    )


def judge(said: list[str], weights: Model) -> Judged:
    found = rules.find(" ".join(said))
    marks = marks_of(found)
    logits = weights.logits(features(found.masked.split(), marks))
    chances = {intent: sigmoid(logits[f"has:{intent}"]) for intent in INDEPENDENT}
    if Intent.VOICEMAIL_GREETING in found.intents:
        chances[Intent.DISPUTE] = min(chances[Intent.DISPUTE], 0.05)
        found = rules.Found((Intent.VOICEMAIL_GREETING,), None, found.rule_ids, found.pulled, found.masked)
    leading = max(Intent, key=lambda intent: logits[f"intent:{intent}"])
    reason = max(Reason, key=lambda reason: logits[f"reason:{reason}"])
    return Judged(" ".join(said), found, chances, leading, reason)


def marks_of(found: rules.Found) -> tuple[str, ...]:
    """What the rules tell the model."""
    reason = (f"reason {found.reason}",) if found.reason else ()
    pulls = tuple(f"pull {name.split('.')[-1]}" for name in found.pulled)
    return (*found.intents, *reason, *pulls)


def _score(judged: Judged, asked: str | None) -> tuple[float, bool]:
    """The chance of a dispute in the light of the last question, and whether only a bare yes says so."""
    if asked == "what_is_wrong":
        if context.is_yes(judged.words):
            return 0.99, True
        if context.all_is_fine(judged.words) and not judged.sure:
            return 0.01, False
    if asked == "identity" and (not judged.sure or judged.found.reason in context.VAGUE_ABOUT_A_NAME):
        if context.about_identity(judged.words) is not None and len(judged.words.split()) <= 7:
            return min(judged.score, 0.01), False
    if asked in ("promise", "callback", "open", "identity") and (
        context.is_yes(judged.words) or context.is_no(judged.words)
    ):
        return 0.01, False
    return judged.score, False


def _meanings(judged: Judged, asked: str | None, weights: Model, score: float, vague_only: bool) -> list[Intent]:
    """Everything meant, the highest in rank first."""
    found = {intent for intent in judged.found.intents if intent is not Intent.DISPUTE}
    for intent, chance in judged.chances.items():
        if intent is not Intent.DISPUTE and chance >= weights.thresholds[intent]:
            found.add(intent)
    if judged.leading not in INDEPENDENT or (
        judged.leading is not Intent.DISPUTE and judged.chances[judged.leading] >= 0.4
    ):
        found.add(judged.leading)
    if asked == "identity" and (answer := context.about_identity(judged.words)) is not None:
        found -= {
            Intent.OTHER,
            Intent.CONFIRM_IDENTITY_NO,
            Intent.CONFIRM_IDENTITY_YES,
            Intent.NOT_RIGHT_PARTY,
            Intent.PROMISE_TO_PAY,
        }
        found.add(answer)
    if len(found) > 1:
        found.discard(Intent.OTHER)
    if not found and score < weights.thresholds["freeze"]:
        found.add(Intent.OTHER)
    return sorted(found, key=RANK.__getitem__)
