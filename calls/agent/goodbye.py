"""What is said while we say good-bye: until the line is gone a dispute freezes, a stop stops, a claim of payment is noted.

Nothing is asked any more and nothing is agreed. At most it is said that we have heard, once for each thing.
"""

import re

from calls.agent import above_all, answers, identity, opening, stops
from calls.agent.acts import Note, NoteKind, Resume, Suppress
from calls.agent.consequences import OUTCOMES
from calls.agent.dispositions import Disposition, Hold
from calls.agent.everyday import Everyday, asks_for_person, assent, everyday
from calls.agent.numbers import words
from calls.agent.particulars import puts_off, restriction
from calls.agent.steps import Asks, LineAct, State
from calls.agent.turn import Turn, ranked_first
from disputes.hearing.labels import Heard, Intent

# Said too late to be talked about: the owner reads it.
_FOR_THE_OWNER = frozenset(
    {
        Intent.PROMISE_TO_PAY, Intent.PAY_NOW, Intent.NEEDS_TIME_OR_PLAN, Intent.CALLBACK_REQUEST, Intent.QUESTION_ABOUT_INVOICE,
    }
)  # fmt: skip


A_FEW_WORDS = 3
_WAIT = re.compile(
    r"^(?:(?:um|uh|oh|no|ok|okay|well|yes|yeah|but|and) )*(?:wait(?: a (?:minute|second|sec|moment))?|hold up|actually|one more thing|one thing"
    r"|before you go|(?:oiga|oye)?(?: ?(?:espere\w*|un momento|una cosa|una cosa mas))?)$"
)


def minds_growing_words(state: State) -> bool:
    """Of a machine's greeting, which goes on whatever we do, nobody is in doubt."""
    return not _is_to_a_machine(state)


def _is_to_a_machine(state: State) -> bool:
    return state.end is Disposition.VOICEMAIL_GREETING


def was_asked(state: State) -> Asks:
    """In the light of which question late words are heard: who it is where that stayed open, what is wrong where a doubt did."""
    if not state.right_party:
        return Asks.IDENTITY
    return Asks.WHAT_IS_WRONG if state.paused and not state.paused_by_partial else Asks.OPEN


def hear_words(turn: Turn, text: str, heard: Heard) -> None:
    """A whole sentence. Of a machine's, ``in an emergency call 911``, only what stops or objects counts."""
    before, forbidden, found = turn.state, restriction(text), above_all.above_all(text)
    if _is_to_a_machine(before):
        forbidden = found = None
    if forbidden is not None:
        turn.do(forbidden)
    if found is not None:
        above_all.stop_recording(turn, text, found)
    _take(turn, text, heard)
    if found is not None:
        turn.do(Note(found.note, text))
        above_all.say(turn, found)
    elif heard.intent in _FOR_THE_OWNER and not (turn.acts or puts_off(text) or _is_to_a_machine(before)):
        turn.do(Note(NoteKind.SAID, text))
    _acknowledge(turn, before)
    if puts_off(text) and not (turn.lines or _is_to_a_machine(before)):
        answers.note_day_put_off_to(turn, text)
    if forbidden is not None and not turn.lines:
        turn.say("restricted", LineAct.CONFIRM)
    if heard.has(Intent.ARE_YOU_A_BOT) and not _is_to_a_machine(before):
        opening.say_robot(turn, text)  # whenever it is asked
    wants_person = heard.has(Intent.REQUEST_HUMAN) or asks_for_person(text)
    if before.held and not (turn.lines or wants_person or _holds(text)) and _says_something(text, heard):
        if not turn.acts:
            turn.do(Note(NoteKind.SAID, text))
        turn.say("question_passed", LineAct.CONFIRM)  # it was said to go on, and it is too late to talk about it
    turn.set(held=_holds(text) and not (turn.lines or turn.acts or _is_to_a_machine(before)))
    _part(turn, text, wants_person=wants_person, was_held=before.held)
    settle(turn, found.disposition if found is not None else None)


def hear_key(turn: Turn, digit: str) -> None:
    """Nine and zero do what was said at the beginning, to the last."""
    before = turn.state
    if digit == "9" and Intent.OPT_OUT not in before.suppressed:
        turn.do(Suppress(Intent.OPT_OUT, digit))
        turn.set(suppressed=(*before.suppressed, Intent.OPT_OUT))
        _acknowledge(turn, before)
    if digit in ("9", "0"):
        _part(turn, digit, wants_person=digit == "0")
        settle(turn)


def settle(turn: Turn, above: Disposition | None = None) -> None:
    """How the call ended, with all that was said since: the highest in rank; ``above`` all the rest where nothing stops."""
    end, state = turn.state.end, turn.state
    assert end is not None
    if end is Disposition.PAUSED_UNSURE and state.paid_said and not state.paused:
        end = Disposition.ALREADY_PAID
    if above is not None and ranked_first(end, Disposition.WRONG_NUMBER) is not end:
        end = above
    if state.paused and not state.paused_by_partial and not _is_the_owners(end):
        end = Disposition.PAUSED_UNSURE
    turn.finish(end)


def _is_the_owners(end: Disposition) -> bool:
    """He decides what is next whatever becomes of the doubt, and the invoices are paused all the same."""
    return OUTCOMES[end].hold is Hold.OWNER


def _holds(text: str) -> bool:
    """``Hold on``, ``wait``, ``one more thing``: what it is comes after it."""
    joined = " ".join(words(text))
    return everyday(text) is Everyday.HOLD_THE_LINE or _WAIT.search(joined) is not None


def _says_something(text: str, heard: Heard) -> bool:
    """What the owner should read; ``yes``, ``no, that was it`` and ``thank you so much`` are nothing of the kind."""
    if heard.intent in _FOR_THE_OWNER or identity.brings_somebody(text):
        return True
    polite = (
        everyday(text) is Everyday.GOODBYE
        or assent(text) is not None
        or {"thank", "thanks", "gracias"} & set(words(text))
    )
    return not polite and len(words(text)) > A_FEW_WORDS


def _take(turn: Turn, text: str, heard: Heard) -> None:
    """What the words stop, object to or leave in doubt. A doubt of half a sentence goes with a whole one that is harmless."""
    by_half, doubtful = turn.state.paused_by_partial, heard.pause and not _is_to_a_machine(turn.state)
    if by_half:
        turn.set(paused=False, paused_by_partial=False)
    if doubtful and turn.state.doubts and not heard.dispute:  # a second doubt
        stops.freeze(turn, text, heard)
    stops.take_last_words(turn, text, heard, doubts=doubtful)
    if doubtful and turn.state.paused:
        turn.set(doubts=1, doubted=text)
    if by_half and not turn.state.silent_about_money:
        turn.do(Resume())


def _acknowledge(turn: Turn, before: State) -> None:
    """What is new in these words. Beside it all that stops is said once more: of the last answer nobody knows how much was heard."""
    state = turn.state
    if state.suppressed != before.suppressed or (state.frozen and not before.frozen):
        stops.acknowledge_besides(turn)
        if state.urgent and not before.urgent:
            turn.say("safety", LineAct.REASSURE)
    elif state.paid_said and not before.paid_said and not state.frozen:
        turn.say("paid_noted" if state.right_party else "question_passed", LineAct.CONFIRM)
    elif state.doubts and state.paused and not before.doubts:
        turn.say("unsure_close", LineAct.REASSURE)


def _part(turn: Turn, text: str, *, wants_person: bool, was_held: bool = False) -> None:
    """A person where one is wanted and none has been promised yet; else the good-bye, where it was cut off or is overtaken."""
    state, to_a_machine = turn.state, _is_to_a_machine(turn.state)
    if wants_person and not (state.person_arranged or state.suppressed or to_a_machine):
        turn.hush = True
        answers.offer_person(turn, text)
        assert state.end is not None
        assert turn.state.end is not None
        turn.set(end=ranked_first(state.end, turn.state.end))
    elif state.held:
        turn.hush = True
        turn.say("go_ahead", LineAct.PROMPT)
    elif turn.lines or was_held or not (state.speaking or to_a_machine):
        turn.hush = True
        turn.say("goodbye", LineAct.CLOSE)
