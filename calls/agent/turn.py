"""One step in the making: lines and acts are collected here, and here alone it is decided what may be said at all."""

from dataclasses import replace
from datetime import date, time
from typing import Any

from calls.agent import speech
from calls.agent.acts import Act, Speaks, SwitchLanguage
from calls.agent.dispositions import Disposition
from calls.agent.facts import Brief, InvoiceFacts, Language
from calls.agent.steps import Asks, Line, LineAct, Phase, State, Step
from disputes.hearing.labels import Heard

# Lines that name the invoice or ask for money: never before the right person is known, never after the first doubt.
ABOUT_THE_DEBT = frozenset(
    {
        "collector_first", "collector_again", "debt_one", "debt_one_dated", "debt_one_plain", "debt_one_private", "debt_many", "ask_open_link",
        "ask_open", "ask_anything_else", "answer_total", "answer_amount", "answer_due", "answer_work", "answer_service",
        "answer_number", "answer_private", "answer_private_plain", "copy_sent", "link_email", "link_text", "link_none", "ask_day", "confirm_day", "promise_noted",
        "ask_day_again", "plan_possible", "extension", "waiting",
    }
)  # fmt: skip
_RANK = {disposition: rank for rank, disposition in enumerate(Disposition)}


def ranked_first(*ends: Disposition) -> Disposition:
    """With several meanings in one call the highest in rank is the disposition."""
    return min(ends, key=_RANK.__getitem__)


class Turn:
    """Builds the answer to one event. Reading ``turn.state`` always gives the newest state."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.lines: list[Line] = []
        self.acts: list[Act] = []
        self.hush = False
        self.heard: Heard | None = None

    @property
    def brief(self) -> Brief:
        return self.state.brief

    def set(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)

    def do(self, act: Act) -> None:
        self.acts.append(act)

    def may_speak_of_money(self) -> bool:
        return self.state.right_party and not self.state.silent_about_money

    def say(self, key: str, act: LineAct, asks: Asks | None = None, **slots: str) -> None:
        """Add a line. What may not be said now is left out: this is the one place that guards the silence."""
        if key in ABOUT_THE_DEBT and not self.may_speak_of_money():
            return
        key = self._for_anybody(key)
        text = speech.sentence(key, self.state.language, **self._names(), **slots)
        interruptible = act not in (LineAct.DISCLOSE, LineAct.LEGAL_NOTICE)
        facts = speech.facts_in(key, self.state.language, {**self._names(), **slots})
        self.lines.append(Line(text, act, asks, interruptible, self.state.language, key, facts))
        if asks is not None:
            self.set(asked=asks)

    @property
    def nobody_is_named(self) -> bool:
        """It is not known who is on the line, and whose call it is may be told to the person asked for alone."""
        return self.brief.named_to_person_alone and not self.state.right_party

    def _for_anybody(self, key: str) -> str:
        """The same sentence without the firm's name, where whoever listens may not hear it (940 CMR 7.05(3)(b))."""
        return speech.for_anybody(key) if self.nobody_is_named else key

    def retract(self) -> None:
        """It is not the right person after all: what was to be said of the bill in this very answer is not said."""
        self.lines = [line for line in self.lines if line.key not in ABOUT_THE_DEBT]
        self.set(right_party=False, proved=False, debt_stated=False)

    def ask(self, key: str, asks: Asks, phase: Phase, act: LineAct = LineAct.ASK, **slots: str) -> None:
        self.say(key, act, asks, **slots)
        self.set(phase=phase)

    def switch(self, language: Language) -> None:
        """Speak this language from now on. What the law wants heard is owed again in it."""
        self.set(language=language)
        self.do(SwitchLanguage(language))
        if self.state.right_party:
            self.do(Speaks(language))
        owed = [LineAct.DISCLOSE]
        if self.state.right_party and self.brief.needs_collector_notice:
            owed.append(LineAct.LEGAL_NOTICE)
        self.owe(*owed)

    def owe(self, *acts: LineAct) -> None:
        self.set(owed=self.state.owed + tuple(act for act in acts if act not in self.state.owed))

    def close(self, disposition: Disposition, *, short: bool = False) -> None:
        """Say good-bye and end. With several meanings in one call the highest in rank is the disposition."""
        if short:
            self.say("goodbye", LineAct.CLOSE)
        else:
            self.say("close_number" if self.brief.callback_number else "close", LineAct.CLOSE)
        self.finish(disposition)

    def finish(self, disposition: Disposition) -> None:
        reached = {disposition, *(Disposition(intent.value) for intent in self.state.suppressed)}
        if self.state.frozen:
            reached.add(Disposition.DISPUTE)
        if self.state.paid_said:
            reached.add(Disposition.ALREADY_PAID)
        self.set(end=ranked_first(*reached), phase=Phase.ENDED, asked=None)

    def step(self) -> Step:
        say = tuple(self.lines)
        if say:
            question = next((line.asks for line in reversed(say) if line.asks is not None), None)
            self.set(speaking=say, asked=question if not self.state.ended else None)
        return Step(self.state, say, tuple(self.acts), self.state.end, self.hush, self.heard)

    # facts as they are spoken

    def amount_of(self, invoice: InvoiceFacts) -> str:
        return speech.amount(invoice.amount, self.state.language)

    def total(self) -> str:
        return speech.amount(self.brief.total, self.state.language)

    def past_day(self, day: date) -> str:
        return speech.past_day(day, self.brief.today, self.state.language)

    def day(self, day: date) -> str:
        return speech.day(day, self.state.language)

    def moment(self, on: date | None, at: time | None) -> str:
        return speech.moment(on, at, self.state.language)

    def _names(self) -> dict[str, str]:
        brief = self.brief
        return {
            "business": brief.business_name,
            "customer": brief.customer_name,
            "person": brief.person or brief.customer_name,
            "operator": brief.operator_name,
            "phone": speech.phone(brief.callback_number),
        }
