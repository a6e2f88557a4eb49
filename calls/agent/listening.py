"""The invoice has been named and the person speaks: which of the outcomes is it?"""

import re

from calls.agent import answers, identity, opening
from calls.agent.acts import Note, NoteKind
from calls.agent.dates import day_named
from calls.agent.dispositions import Disposition
from calls.agent.everyday import Everyday, assent
from calls.agent.numbers import words
from calls.agent.particulars import contact, only_names_hours, restriction
from calls.agent.steps import Asks, LineAct, Phase
from calls.agent.turn import Turn
from disputes.hearing.context import is_bare_no
from disputes.hearing.labels import Heard, Intent

MOST_MISSES = 3
MOST_ANSWERS = 6
_OWN_ANSWERS = frozenset(
    {
        Intent.PAY_NOW, Intent.NEEDS_TIME_OR_PLAN, Intent.CALLBACK_REQUEST, Intent.REQUEST_HUMAN, Intent.ARE_YOU_A_BOT,
        Intent.QUESTION_ABOUT_INVOICE, Intent.ABUSIVE,
    }
)  # fmt: skip


_ABOUT_LANGUAGE = frozenset(
    {Intent.REQUEST_HUMAN, Intent.OTHER, Intent.CONFIRM_IDENTITY_YES, Intent.QUESTION_ABOUT_INVOICE}
)


_OF_PAYING = re.compile(
    r"\b(?:pay\w*|paid|send\w*|mail\w*|check|money|link|card|transfer\w*|wire|pag\w+|mand\w+|cheque|dinero|enlace|deposit\w*)\b"
)
_WHO = (
    r"(?:who(?:s| is| am i| are)? (?:this|calling|it|you|speaking)|(?:con )?quien (?:es|habla|llama)|de parte de quien)"
)
_ASKS_WHO = re.compile(
    rf"^(?:(?:and|so|um|uh|wait|sorry|ok|okay|y|perdon|again) )*{_WHO}(?: (?:again|please|calling|exactly|this|otra vez))*$"
)
_GREETS_AND_ASKS_WHO = re.compile(rf"^(?:hello|hi|hey|hola|bueno) (?:(?:hello|hi|hey|yes|um|uh) )*{_WHO}\b")
# No word about who speaks, though it begins with a no.
_NOT_SURE = re.compile(
    r"\W*no,? (?:(?:lo )?(?:s[eé]|tengo idea|estoy segur[oa])|not (?:this|next|yet|now|today|until|till|before|really|sure|right)"
    r"|(?:esta|este) (?:semana|mes)|todavia|todavía|aun|aún|ahorita)\b"
)


def hear_answer(turn: Turn, text: str, heard: Heard, said: Everyday | None) -> None:
    """Chooses one answer. Stops have been looked for before this, and now whether it is still the same person."""
    if _somebody_new(turn, text, heard, said) or _answered_by_what_was_open(turn, text, heard, said):
        return
    match heard.intent:
        case Intent.PROMISE_TO_PAY:
            answers.promise(turn, text)
        case Intent.PAY_NOW:
            answers.pay_now(turn)
        case Intent.NEEDS_TIME_OR_PLAN:
            answers.needs_time(turn, text)
        case Intent.CALLBACK_REQUEST:
            answers.note_callback(turn, text, Intent.CALLBACK_REQUEST)
        case Intent.REQUEST_HUMAN:
            answers.offer_person(turn, text)
        case Intent.ARE_YOU_A_BOT:
            opening.say_robot(turn, text)
            _go_on(turn)
        case Intent.QUESTION_ABOUT_INVOICE if _ASKS_WHO.search(" ".join(words(text))):
            opening.say_for_whom(turn, LineAct.ANSWER)
            _go_on(turn)
        case Intent.QUESTION_ABOUT_INVOICE:
            _question(turn, text)
        case Intent.ABUSIVE:
            turn.do(Note(NoteKind.SAID, text))
            turn.say("abusive", LineAct.REASSURE)
            turn.close(Disposition.ABUSIVE)
        case Intent.CONFIRM_IDENTITY_NO if _bill_was_heard(turn) and assent(text) is False:
            if turn.brief.is_consumer and not is_bare_no(text) and not _NOT_SURE.match(text.lower()):
                opening.ask_new_voice(turn)
            else:
                _nothing_much(turn, text, said)
        case Intent.NOT_RIGHT_PARTY | Intent.CONFIRM_IDENTITY_NO:
            turn.retract()
            turn.do(contact(text))
            turn.say("other_contact", LineAct.CONFIRM)
            turn.close(Disposition.NOT_RIGHT_PARTY if turn.brief.is_consumer else Disposition.OTHER_CONTACT)
        case _:
            _nothing_much(turn, text, said)


def _somebody_new(turn: Turn, text: str, heard: Heard, said: Everyday | None) -> bool:
    """Somebody else comes to the line or speaks already: the bill is not spoken of before it is known who that is."""
    if said is Everyday.HOLD_THE_LINE and (heard.intent is Intent.NOT_RIGHT_PARTY or identity.brings_somebody(text)):
        opening.wait(turn, for_another=True)
    elif _is_another(turn, text):
        opening.ask_new_voice(turn)
    elif not turn.brief.is_consumer:
        return False
    elif identity.brings_somebody(text):
        opening.wait(turn, for_another=True)
    else:
        return False
    return True


def _is_another(turn: Turn, text: str) -> bool:
    """Another voice than the one the bill was told, whatever it promises; what was promised before stays as it was."""
    if _GREETS_AND_ASKS_WHO.search(" ".join(words(text))):
        return True
    if not turn.brief.is_consumer:
        return identity.answers_for_the_house(text, turn.brief)
    return identity.another_voice(text, turn.brief) or identity.takes_the_line(text, turn.brief)


def _answered_by_what_was_open(turn: Turn, text: str, heard: Heard, said: Everyday | None) -> bool:
    """A day that was asked for, a copy, a time not to call, the trade's everyday answers, words to be said again."""
    if _only_forbids_hours(text, heard):
        answers.note_callback(turn, text, Intent.CALLBACK_REQUEST)
        return True
    if turn.state.phase is Phase.PROMISE and heard.intent not in _OWN_ANSWERS and answers.answer_promise(turn, text):
        return True
    if said in (Everyday.WANTS_SPANISH, Everyday.WANTS_ENGLISH) and heard.intent in _ABOUT_LANGUAGE:
        _nothing_much(turn, text, said)  # "quiero hablar en español" wants no person, it wants Spanish
        return True
    if said is Everyday.COPY_WANTED:
        answers.send_copy(turn, text)
        return True
    if _for_the_owner(turn, text, heard, said) and answers.pass_on(turn, text, said):
        return True
    if said is Everyday.REPEAT and heard.intent in (Intent.QUESTION_ABOUT_INVOICE, Intent.OTHER, Intent.PAY_NOW):
        _nothing_much(turn, text, said)
        return True
    return False


def _only_forbids_hours(text: str, heard: Heard) -> bool:
    """``Not on Mondays`` names no day to pay, unless paying is spoken of."""
    if restriction(text) is None or only_names_hours(text):
        return restriction(text) is not None
    names_a_day = heard.intent is Intent.PROMISE_TO_PAY and _OF_PAYING.search(text.lower()) is None
    return names_a_day or heard.intent in (Intent.OPT_OUT, Intent.CALLBACK_REQUEST)


def _for_the_owner(turn: Turn, text: str, heard: Heard, said: Everyday | None) -> bool:
    """A paper, another payer or another desk comes before anything but a day that was named; a mere wish for mail does not."""
    if said in (Everyday.WRITTEN_ONLY, Everyday.OTHER_JOB):
        return heard.intent not in _OWN_ANSWERS and heard.intent is not Intent.PROMISE_TO_PAY
    return heard.intent not in (Intent.PROMISE_TO_PAY, Intent.PAY_NOW) or day_named(text, turn.brief.today) is None


def _bill_was_heard(turn: Turn) -> bool:
    """A bare no to ``when can they expect it`` is no word about who is speaking, unless the bill was never heard."""
    return turn.state.debt_stated and not any(line.act is LineAct.STATE_DEBT for line in turn.lines)


def _question(turn: Turn, text: str) -> None:
    turn.set(answers=turn.state.answers + 1)
    if turn.state.answers > MOST_ANSWERS:
        turn.do(Note(NoteKind.QUESTION, text))
        turn.say("question_passed", LineAct.CONFIRM)
        turn.close(Disposition.QUESTION_ABOUT_INVOICE)
        return
    answers.answer_question(turn, text)
    _go_on(turn)


def _nothing_much(turn: Turn, text: str, said: Everyday | None) -> None:
    misses = turn.state.misses + 1
    turn.set(misses=misses)
    ended = Disposition.QUESTION_ABOUT_INVOICE if turn.state.answers else Disposition.OTHER
    if said is Everyday.GOODBYE or misses > MOST_MISSES:
        turn.do(Note(NoteKind.SAID, text))
        turn.close(ended)
    elif restriction(text) is not None:
        turn.say("restricted", LineAct.CONFIRM)
        _go_on(turn)
    elif said is Everyday.WHO_IS_CALLING:
        opening.say_for_whom(turn, LineAct.ANSWER)
        _go_on(turn)
    elif said in (Everyday.REPEAT, Everyday.WANTS_SPANISH, Everyday.WANTS_ENGLISH) or not turn.state.debt_stated:
        if said is None or said is Everyday.REPEAT:
            turn.say("go_ahead" if said is Everyday.REPEAT else "not_understood", LineAct.PROMPT)
        opening.state_debt(turn)
        _go_on(turn)
    elif said is Everyday.HOLD_THE_LINE:
        opening.wait(turn, for_another=False)
    elif assent(text) is True and misses == 1:
        opening.ask_day(turn)
    elif misses == 1:
        turn.say("cleared_up" if turn.state.doubts else "thanks_go_on", LineAct.REASSURE)
        _go_on(turn)
    else:
        turn.ask("ask_anything_else", Asks.OPEN, Phase.LISTENING)


def _go_on(turn: Turn) -> None:
    opening.go_on(turn, promising=turn.state.phase is Phase.PROMISE)
