"""The words for what a person on the line means, and which of them outranks which."""

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """One meaning of one thing said. The order is the order of rank: the first one present is the intent."""

    ATTORNEY_REPRESENTED = "attorney_represented"
    BANKRUPTCY = "bankruptcy"
    DECEASED = "deceased"
    OPT_OUT = "opt_out"
    DISPUTE = "dispute"
    ALREADY_PAID = "already_paid"
    WRONG_NUMBER = "wrong_number"
    NOT_RIGHT_PARTY = "not_right_party"
    CONFIRM_IDENTITY_NO = "confirm_identity_no"
    CONFIRM_IDENTITY_YES = "confirm_identity_yes"
    REQUEST_HUMAN = "request_human"
    ARE_YOU_A_BOT = "are_you_a_bot"
    PROMISE_TO_PAY = "promise_to_pay"
    PAY_NOW = "pay_now"
    NEEDS_TIME_OR_PLAN = "needs_time_or_plan"
    CALLBACK_REQUEST = "callback_request"
    QUESTION_ABOUT_INVOICE = "question_about_invoice"
    ABUSIVE = "abusive"
    VOICEMAIL_GREETING = "voicemail_greeting"
    OTHER = "other"


class Reason(StrEnum):
    """What the person says is wrong with the invoice."""

    SCOPE = "scope"
    AMOUNT = "amount"
    QUALITY = "quality"
    TERMS = "terms"
    NOT_RECEIVED = "not_received"
    DUPLICATE = "duplicate"
    IDENTITY = "identity"
    OTHER_VAGUE = "other_vague"


class Listening(StrEnum):
    """What a text alone asks of the call: go on, fall silent about money, or stop for good."""

    LISTEN = "listen"
    PAUSE = "pause"
    FREEZE = "freeze"


class Stage(StrEnum):
    """Which part of the model had the last word on a text."""

    LINEAR = "linear"
    ENCODER = "encoder"


RANK: dict[Intent, int] = {intent: rank for rank, intent in enumerate(Intent)}

# Each of these is found on its own, whatever else the same sentence says: the call acts on the whole set.
INDEPENDENT: tuple[Intent, ...] = (
    Intent.ATTORNEY_REPRESENTED,
    Intent.BANKRUPTCY,
    Intent.DECEASED,
    Intent.OPT_OUT,
    Intent.DISPUTE,
    Intent.ALREADY_PAID,
    Intent.WRONG_NUMBER,
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one text means. ``dispute`` is the decision to freeze; ``pause`` the decision at least to fall silent.

    ``pause_at`` and ``freeze_at`` are the thresholds its score was held against.
    """

    text: str
    intent: Intent
    also: tuple[Intent, ...]
    dispute: bool
    pause: bool
    state: Listening
    score: float
    reason: Reason | None
    lang: str
    rule_ids: tuple[str, ...]
    version: str
    stage: Stage = Stage.LINEAR
    pause_at: float = 1.0
    freeze_at: float = 1.0

    @property
    def meanings(self) -> tuple[Intent, ...]:
        """Everything heard in this text, the highest in rank first."""
        return (self.intent, *self.also)

    def has(self, intent: Intent) -> bool:
        return intent in self.meanings
