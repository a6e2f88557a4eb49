"""The state of a conversation and one step of it. States never change; each step carries the next one."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from calls.agent.acts import Act, HowPaid
from calls.agent.codec import pack, unpack
from calls.agent.dispositions import Disposition
from calls.agent.facts import Brief, Language
from disputes.hearing.labels import Heard, Intent, Reason
from syntharra.money import Money


class Asks(StrEnum):
    """What the agent's last question was about."""

    IDENTITY = "identity"
    WHAT_IS_WRONG = "what_is_wrong"
    OPEN = "open"
    PROMISE = "promise"
    CALLBACK = "callback"


class Phase(StrEnum):
    NAME = "name"
    FACT = "fact"
    LISTENING = "listening"
    PROMISE = "promise"
    CALLBACK = "callback"
    PAID_DETAILS = "paid_details"
    NEUTRAL_QUESTION = "neutral_question"
    WHAT_IS_WRONG = "what_is_wrong"
    WAITING = "waiting"
    ENDED = "ended"


class LineAct(StrEnum):
    """What a spoken line does. The first four were said only when they were played to their end."""

    DISCLOSE = "disclose"
    LEGAL_NOTICE = "legal_notice"
    STATE_DEBT = "state_debt"
    ACKNOWLEDGE_DISPUTE = "acknowledge_dispute"
    CHECK_IDENTITY = "check_identity"
    ASK = "ask"
    ASK_WHAT_IS_WRONG = "ask_what_is_wrong"
    ANSWER = "answer"
    CONFIRM = "confirm"
    CONFIRM_STOP = "confirm_stop"
    CONDOLE = "condole"
    APOLOGIZE = "apologize"
    REASSURE = "reassure"
    PROMPT = "prompt"
    VOICEMAIL = "voicemail"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say. ``interruptible`` false: disclosures, which are played to the end unless the law's stop cuts in.

    ``key`` names the sentence in the lists of lines, ``slots`` are the facts that fill it, by name. ``worded_by``: the language model
    whose words these are; empty: ours.
    """

    text: str
    act: LineAct
    asks: Asks | None = None
    interruptible: bool = True
    language: Language = Language.ENGLISH
    key: str = ""
    slots: tuple[tuple[str, ...], ...] = ()
    worded_by: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A promise being made: nothing counts until the day is confirmed. ``amount`` is null where all of it is promised."""

    on: date | None
    how: HowPaid
    words: str
    amount: Money | None = None
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """Everything the agent remembers of the call. ``to_json`` and ``from_json`` carry it over a dropped connection.

    ``proved``: the fact on file was given on this call, and nothing said since that somebody else would come to the line.
    """

    brief: Brief
    language: Language
    phase: Phase = Phase.NAME
    asked: Asks | None = None
    speaking: tuple[Line, ...] = ()
    owed: tuple[LineAct, ...] = ()
    right_party: bool = False
    proved: bool = False
    debt_stated: bool = False
    paused: bool = False
    paused_by_partial: bool = False
    doubts: int = 0
    doubted: str = ""
    asked_again: bool = False  # the neutral question, cut off the first time
    frozen: bool = False
    frozen_invoices: tuple[str, ...] = ()
    reason: Reason | None = None
    told_before: bool = False
    told_on: date | None = None
    urgent: bool = False
    wants_person: bool = False
    person_arranged: bool = False
    paid_said: bool = False
    suppressed: tuple[Intent, ...] = ()
    draft: Draft | None = None
    callback_for: Intent | None = None
    turns: int = 0
    silences: int = 0
    misses: int = 0
    answers: int = 0
    demands: int = 0
    card_warned: bool = False
    fact_tries: int = 0
    name_tries: int = 0
    last_final: str = ""
    held: bool = False  # in the good-bye: somebody has said "hold on"
    end: Disposition | None = None

    @property
    def silent_about_money(self) -> bool:
        """True from the first doubt on: no amount, no demand, no question but the one about what is wrong."""
        return self.paused or self.frozen or self.paid_said or bool(self.suppressed) or self.brief.dispute_live

    @property
    def ended(self) -> bool:
        return self.end is not None

    def to_json(self) -> str:
        return pack(self)

    @classmethod
    def from_json(cls, text: str) -> "State":
        return unpack(cls, text)


@dataclass(frozen=True, slots=True)
class Step:
    """The answer to one event: carry out ``acts`` first, then speak ``say``; ``end`` set: hang up after the last line.

    ``hush``: stop speaking at once and drop what has not been played, even where ``say`` is empty. ``heard``: what the words meant,
    with score, rules and version, where the event was something said.
    """

    state: State
    say: tuple[Line, ...] = ()
    acts: tuple[Act, ...] = ()
    end: Disposition | None = None
    hush: bool = False
    heard: Heard | None = None
