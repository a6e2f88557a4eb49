"""The conversation: one event in, one step out, the same for the telephone, the rehearsal and the tests.

Order of every text: is anything said that must stop the talk of money? Only then: what else was said, and what is answered.
"""

from calls.agent import answers, goodbye, identity, opening, stops, where_now
from calls.agent.above_all import end_above_all
from calls.agent.acts import Note, NoteKind, Suppress
from calls.agent.dispositions import Disposition
from calls.agent.ear import ToHear
from calls.agent.events import Event, HungUp, Interrupted, Key, MachineHeard, Played, Said, Silence, TimeUp
from calls.agent.everyday import everyday, goes_on_reading, is_social_security, reads_card_number, without_digits
from calls.agent.facts import Brief
from calls.agent.languages import follow_language
from calls.agent.listening import hear_answer
from calls.agent.nothing_wrong import is_nothing_but_a_no
from calls.agent.numbers import words
from calls.agent.particulars import puts_off, restriction
from calls.agent.playback import cut_off
from calls.agent.steps import Asks, Line, LineAct, Phase, State, Step
from calls.agent.turn import ABOUT_THE_DEBT, Turn
from disputes.hearing.labels import Heard, Intent

MOST_TURNS = 24
SILENCES = 2
_FORBIDDING = (Intent.OPT_OUT, Intent.CALLBACK_REQUEST, Intent.NOT_RIGHT_PARTY, Intent.OTHER)


def begin(brief: Brief) -> Step:
    """The first words of the call. Nothing of the invoice is in them."""
    turn = Turn(State(brief=brief, language=brief.language))
    opening.open_call(turn)
    return turn.step()


def advance(state: State, event: Event) -> Step:
    """The answer to what happened. After the end nothing is talked about any more; what stops or objects is still heard."""
    turn = Turn(state)
    if state.ended:
        _in_the_good_bye(turn, event)
    else:
        _in_the_call(turn, event)
    where_now.note(turn, event)
    return turn.step()


def _in_the_call(turn: Turn, event: Event) -> None:
    match event:
        case Said(final=False):
            _partial(turn, event)
        case Said():
            _final(turn, event)
        case Key(digit):
            _key(turn, digit)
        case Silence():
            _silence(turn)
        case Interrupted(played):
            cut_off(turn, played)
        case Played():
            pass
        case HungUp(partial):
            _hung_up(turn, partial)
        case MachineHeard():
            if (
                not turn.state.right_party and not turn.state.demands
            ):  # who was asked for it once is no machine, on hold or not
                opening.leave_message(turn)
        case TimeUp():
            _time_up(turn)


def _in_the_good_bye(turn: Turn, event: Event) -> None:
    """Until the line is gone. Whoever is silent, or hears the last words to their end, is left in peace."""
    match event:
        case Said(final=False):
            if goodbye.minds_growing_words(turn.state):
                _partial(turn, event)
        case Said() if event.text.strip():
            kept = without_digits(event.text) if reads_card(turn.state, event.text) else event.text
            heard = turn.heard = _understood(turn.state, kept, event)
            turn.set(last_final=kept)
            goodbye.hear_words(turn, kept, heard)
        case Key(digit):
            goodbye.hear_key(turn, digit)
        case Interrupted(played):
            cut_off(turn, played)
        case HungUp(partial):
            _take_last_words(turn, partial)
            turn.set(paused_by_partial=False)  # the whole sentence never came
            goodbye.settle(turn)


def to_hear(state: State, said: Said) -> ToHear | None:
    """What hearing is asked when this is said; None where its answer would change nothing: the agent is as silent as it can be."""
    if not said.text.strip() or (not said.final and not _is_minded(state)):
        return None
    return _question(state, without_digits(said.text) if reads_card(state, said.text) else said.text, said)


def _is_minded(state: State) -> bool:
    """Growing words may change something: the agent is not yet as silent as it can be."""
    return not state.silent_about_money and (not state.ended or goodbye.minds_growing_words(state))


def _question(state: State, text: str, said: Said) -> ToHear:
    asked: str | None = state.asked
    if state.ended:
        asked = goodbye.was_asked(state)
    elif state.phase is Phase.WAITING:
        asked = state.asked or Asks.IDENTITY
    if asked is Asks.IDENTITY:
        text = identity.with_plain_name(text, state.brief)
    if said.final:
        return ToHear(text, True, asked)
    return ToHear(text, False, asked, state.last_final if said.goes_on else "", said.closely)


def _understood(state: State, text: str, said: Said) -> Heard:
    question, beforehand = _question(state, text, said), said.understood
    if beforehand is not None and beforehand.asked == question:
        return beforehand.heard
    return question.heard().heard


def _partial(turn: Turn, said: Said) -> None:
    text = said.text
    if not text.strip():
        return
    card = reads_card(turn.state, text)
    if not turn.state.silent_about_money:
        turn.heard = _understood(turn.state, without_digits(text) if card else text, said)
    if turn.heard is not None:
        stops.hush_on_partial(turn, without_digits(text) if card else text, turn.heard)
    if card and not turn.state.card_warned and not turn.state.ended:
        turn.hush = True
        turn.set(card_warned=True)
        turn.say("no_card", LineAct.ANSWER)


def reads_card(state: State, text: str) -> bool:
    """A card or bank number; the numbers of the bills and the ZIP code on file are none."""
    if state.phase not in (Phase.NAME, Phase.FACT, Phase.WAITING) and goes_on_reading(text, state.last_final):
        return True
    return reads_card_number(text, (*(invoice.number for invoice in state.brief.invoices), state.brief.zip_code[:5]))


def _final(turn: Turn, said: Said) -> None:
    text = said.text
    if not text.strip():
        return
    card, warned = reads_card(turn.state, text), turn.state.card_warned
    kept = without_digits(text) if card else text
    heard = turn.heard = _understood(turn.state, kept, said)
    turn.set(turns=turn.state.turns + 1, silences=0, last_final=kept, card_warned=False)
    follow_language(turn, kept, heard)
    if (forbidden := restriction(kept)) is not None:
        turn.do(forbidden)
    if end_above_all(turn, kept) or stops.handle_stop(turn, kept, heard):
        return
    if turn.state.turns >= MOST_TURNS:
        turn.close(_so_far(turn.state, Disposition.OTHER))
        return
    _say_owed(turn)
    if card:
        _no_card(turn, kept, warned=warned)
        return
    if turn.state.doubted and len(words(text)) <= 4 and is_nothing_but_a_no(text):
        text, heard = turn.state.doubted, _understood(turn.state, turn.state.doubted, said)
    turn.set(doubted="")
    _answer(turn, text, heard)


def _no_card(turn: Turn, text: str, *, warned: bool) -> None:
    """Never by voice: the number is kept nowhere, and whoever wanted to pay with it is sent the link."""
    turn.do(Note(NoteKind.CARD_READ_OUT, ""))
    if not warned:
        turn.say("no_card", LineAct.ANSWER)
    if turn.state.right_party and is_social_security(text):
        opening.ask_open(turn)
    elif turn.state.right_party:
        answers.pay_now(turn)
    elif turn.state.phase is Phase.FACT:
        opening.ask_fact(turn)
    else:
        opening.ask_for_person(turn, again=True)


def _answer(turn: Turn, text: str, heard: Heard) -> None:
    said = everyday(text)
    if heard.intent in _FORBIDDING and puts_off(text):
        somebody_else = heard.has(Intent.NOT_RIGHT_PARTY)
        answers.put_off(turn, text, Intent.NOT_RIGHT_PARTY if somebody_else else Intent.CALLBACK_REQUEST)
        return
    match turn.state.phase:
        case Phase.NAME:
            opening.hear_name(turn, text, heard, said)
        case Phase.FACT:
            opening.hear_fact(turn, text, heard, said)
        case Phase.WAITING:
            opening.back_on_the_line(turn, text, heard, said)
        case Phase.CALLBACK:
            _answer_callback(turn, text, heard)
        case _:
            hear_answer(turn, text, heard, said)


def _answer_callback(turn: Turn, text: str, heard: Heard) -> None:
    """Whether it is a machine is answered whenever it is asked, and a person is arranged for whenever one is wanted."""
    if heard.intent is Intent.ARE_YOU_A_BOT:
        opening.say_robot(turn, text)
        turn.ask("ask_callback", Asks.CALLBACK, Phase.CALLBACK)
    elif heard.intent is Intent.REQUEST_HUMAN:
        answers.offer_person(turn, text)
    else:
        answers.answer_callback(turn, text)


def _say_owed(turn: Turn) -> None:
    """What the law wants heard and was cut off, or was not said in this language yet."""
    owed = turn.state.owed
    turn.set(owed=())
    if LineAct.DISCLOSE in owed:
        opening.disclose(turn)
    if LineAct.LEGAL_NOTICE in owed:
        opening.legal_notice(turn)
    if LineAct.STATE_DEBT in owed:
        opening.state_debt(turn)


def _key(turn: Turn, digit: str) -> None:
    if digit == "9":
        turn.do(Suppress(Intent.OPT_OUT, "9"))
        turn.set(suppressed=(*turn.state.suppressed, Intent.OPT_OUT))
        turn.hush = True
        turn.say("stop_calls", LineAct.CONFIRM_STOP)
        turn.close(Disposition.OPT_OUT, short=True)
    elif digit == "0":
        turn.hush = True
        answers.offer_person(turn, "0")
    elif digit == "*":
        again = [line for line in turn.state.speaking if _may_be_repeated(turn, line)]
        turn.hush = bool(again)
        turn.lines.extend(again)


def _may_be_repeated(turn: Turn, line: Line) -> bool:
    return line.key not in ABOUT_THE_DEBT or turn.may_speak_of_money()


def _silence(turn: Turn) -> None:
    silences = turn.state.silences + 1
    turn.set(silences=silences)
    if turn.state.phase is Phase.WAITING and silences <= SILENCES * 3:
        return
    if turn.state.phase is Phase.WHAT_IS_WRONG:
        stops.end_noted(turn)
    elif turn.state.phase is Phase.PAID_DETAILS:
        turn.say("paid_noted", LineAct.CONFIRM)
        turn.close(Disposition.ALREADY_PAID)
    elif silences > SILENCES:
        _end_in_silence(turn)
    else:
        turn.say("are_you_there", LineAct.PROMPT)
        question = next((line for line in reversed(turn.state.speaking) if line.asks is not None), None)
        if question is not None and _may_be_repeated(turn, question):
            turn.lines.append(question)


def _time_up(turn: Turn) -> None:
    """The longest time a call may take: what was said so far decides how it ended."""
    turn.hush = True
    if turn.state.frozen:
        stops.end_noted(turn)
    elif turn.state.paused:
        stops.end_unsure(turn)
    else:
        turn.say("time_is_up", LineAct.CLOSE)
        booked = answers.book_draft(turn)
        turn.close(Disposition.PROMISE_TO_PAY if booked else _so_far(turn.state, Disposition.OTHER))


def _end_in_silence(turn: Turn) -> None:
    if turn.state.paused:
        stops.end_unsure(turn)
        return
    nobody = Disposition.NO_ANSWER if turn.state.turns == 0 else Disposition.OTHER
    turn.say("silence_close", LineAct.CLOSE)
    if answers.book_draft(turn):
        turn.close(Disposition.PROMISE_TO_PAY)
    else:
        turn.close(_so_far(turn.state, nobody))


def _hung_up(turn: Turn, partial: str) -> None:
    """The last words may be the dispute, even when they never became a whole sentence."""
    _take_last_words(turn, partial)
    if answers.book_draft(turn):
        turn.finish(Disposition.PROMISE_TO_PAY)
    else:
        turn.finish(_so_far(turn.state, Disposition.HUNG_UP))


def _take_last_words(turn: Turn, partial: str) -> None:
    if partial.strip():
        heard = turn.heard = _understood(turn.state, partial, Said(partial))
        if (forbidden := restriction(partial)) is not None:
            turn.do(forbidden)
        if puts_off(partial):
            answers.book_day_put_off_to(turn, partial)
        stops.take_last_words(turn, partial, heard, partial=True)


def _so_far(state: State, otherwise: Disposition) -> Disposition:
    if state.paused:
        return Disposition.PAUSED_UNSURE
    if answers.was_only_offered(state):
        return Disposition.NEEDS_TIME_OR_PLAN
    if state.callback_for is not None and state.phase is Phase.CALLBACK:
        return Disposition(state.callback_for.value)
    if state.answers and otherwise is Disposition.OTHER:
        return Disposition.QUESTION_ABOUT_INVOICE
    return otherwise
