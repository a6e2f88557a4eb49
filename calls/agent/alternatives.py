"""What else might be answered where the script was not sure what was meant. Talk alone: none of it decides or sends anything."""

from collections.abc import Callable
from dataclasses import replace

from calls.agent import opening
from calls.agent.answers import answer_about
from calls.agent.steps import Asks, LineAct, Phase, State, Step
from calls.agent.turn import Turn
from disputes.hearing.labels import Intent

UNSURE = frozenset({Intent.OTHER, Intent.QUESTION_ABOUT_INVOICE})


def alternatives(before: State, step: Step) -> dict[str, Step]:
    """Other answers to the same words, by act; none where they were understood, or where something was decided.

    ``before`` is the state the words met, ``step`` the script's own answer.
    """
    heard = step.heard
    if heard is None or heard.intent not in UNSURE or before.phase is not Phase.LISTENING or step.acts or step.end:
        return {}
    found = {}
    for act, answer in _ANSWERS.items():
        turn = Turn(replace(step.state, phase=Phase.LISTENING, draft=before.draft, demands=before.demands))
        turn.heard = heard
        answer(turn)
        if turn.lines and not turn.acts:
            found[act] = turn.step()
    return found


def _about(*asked_for: str) -> Callable[[Turn], None]:
    def answer(turn: Turn) -> None:
        answer_about(turn, set(asked_for), list(turn.brief.invoices))
        if turn.lines:
            opening.ask_open(turn)

    return answer


def _once_more(turn: Turn) -> None:
    opening.state_debt(turn)
    opening.ask_open(turn)


_ANSWERS: dict[str, Callable[[Turn], None]] = {
    "say_the_amount": _about("amount"),
    "say_when_it_was_due": _about("due"),
    "say_what_it_is_for": _about("for"),
    "say_the_number": _about("number"),
    "say_it_all_once_more": _once_more,
    "ask_for_a_day": lambda turn: turn.ask("ask_day", Asks.PROMISE, Phase.PROMISE),
    "ask_when_to_call": lambda turn: turn.ask("ask_callback", Asks.CALLBACK, Phase.CALLBACK),
    "ask_if_anything_else": lambda turn: turn.ask("ask_anything_else", Asks.OPEN, Phase.LISTENING),
    "say_you_did_not_understand": lambda turn: _did_not_understand(turn),
}


def _did_not_understand(turn: Turn) -> None:
    turn.say("not_understood", LineAct.PROMPT)
    opening.ask_open(turn)
