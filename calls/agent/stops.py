"""What ends all talk of money: looked at on every text, before any other answer is thought of."""

import re
from collections.abc import Collection
from datetime import date

from calls.agent import address, identity
from calls.agent.acts import AlreadyPaid, Freeze, HowPaid, Note, NoteKind, Pause, Resume, Specify, Suppress
from calls.agent.answers import offer_person
from calls.agent.dispositions import Disposition
from calls.agent.everyday import Everyday, asks_for_person, everyday, how_paid, is_urgent, told_before
from calls.agent.invoices_named import invoices_named, named_in
from calls.agent.nothing_wrong import objects_after_a_no, says_nothing_is_wrong
from calls.agent.numbers import words
from calls.agent.particulars import forbids_every_hour, only_names_hours, only_restricts, puts_off, wants_no_time
from calls.agent.past_days import past_day_named
from calls.agent.steps import Asks, LineAct, Phase
from calls.agent.turn import Turn
from disputes.hearing.labels import Heard, Intent, Listening, Reason

SUPPRESSIONS = (Intent.ATTORNEY_REPRESENTED, Intent.BANKRUPTCY, Intent.DECEASED, Intent.OPT_OUT, Intent.WRONG_NUMBER)
_STOP_LINES = {
    Intent.ATTORNEY_REPRESENTED: ("attorney", LineAct.CONFIRM_STOP),
    Intent.BANKRUPTCY: ("bankruptcy", LineAct.CONFIRM_STOP),
    Intent.DECEASED: ("deceased", LineAct.CONDOLE),
    Intent.OPT_OUT: ("stop_calls", LineAct.CONFIRM_STOP),
    Intent.WRONG_NUMBER: ("wrong_number", LineAct.APOLOGIZE),
}


_CALLED_AGAIN = (Disposition.CALLBACK_REQUEST, Disposition.NOT_RIGHT_PARTY)
_HANDS_OVER = re.compile(
    r"\bpass(?:ed|es|ing)? (?:(?:me|you|us|him|her|it|over) )*(?:the |his |her |my )?(?:phone|line|call)\b|\b(?:le|te|se lo|se la|me) pas[oa]\b|\bpas[oa] el telefono\b"
)


def hush_on_partial(turn: Turn, text: str, heard: Heard) -> None:
    """Words still being spoken that may be a stop: be quiet at once, decide when they are complete."""
    stops = any(heard.has(intent) for intent in (*SUPPRESSIONS, Intent.ALREADY_PAID))
    if turn.state.silent_about_money or not (heard.pause or stops):
        return
    turn.set(paused=True, paused_by_partial=True)
    turn.do(Pause(text, partial=True))
    turn.hush = True


def handle_stop(turn: Turn, text: str, heard: Heard) -> bool:
    """True when these words stop the call or hold it silent, and the answer is made. A set of stops loses none of them."""
    suppress(turn, text, heard)
    if heard.has(Intent.REQUEST_HUMAN) or asks_for_person(text):
        turn.set(wants_person=True)
    objects = object_to_bill(turn, text, heard)
    if turn.state.suppressed or objects or turn.state.phase is Phase.WHAT_IS_WRONG:
        take_paid_besides(turn, text, heard)
    if turn.state.suppressed:
        end_half_a_doubt(turn, heard)
        _end_stopped(turn)
    elif objects:
        _after_freeze(turn, text, heard)
    elif turn.state.phase is Phase.WHAT_IS_WRONG:
        _what_was_wrong(turn, text, heard)
    elif heard.has(Intent.ALREADY_PAID) or turn.state.phase is Phase.PAID_DETAILS:
        _paid(turn, text, heard)
    elif heard.state is Listening.PAUSE and not _is_about_calls(turn, text):
        _doubt(turn, text, heard)
    elif turn.state.phase is Phase.NEUTRAL_QUESTION:
        return _answer_to_neutral(turn, text, heard)
    else:
        release(turn)
        return False
    return True


def suppress(turn: Turn, text: str, heard: Heard) -> None:
    """From this moment. ``Not before noon`` stops nothing but calls before noon, ``not until Tuesday`` none but those before."""
    for intent in SUPPRESSIONS:
        if intent is Intent.OPT_OUT and heard.has(intent) and (only_restricts(text) or puts_off(text)):
            continue
        if intent is Intent.WRONG_NUMBER and _says_who_it_is(turn, text, heard):
            continue
        if intent is Intent.DECEASED and _hands_the_telephone_over(text, heard):
            continue
        asked = heard.has(intent) or (intent is Intent.OPT_OUT and _forbids_calls(turn, text))
        if asked and intent not in turn.state.suppressed:
            turn.set(suppressed=(*turn.state.suppressed, intent))
            turn.do(Suppress(intent, text))


def _forbids_calls(turn: Turn, text: str) -> bool:
    """No hour and no day is left to call at; or ``never`` is the answer to when."""
    return forbids_every_hour(text) or _says_never(turn, text)


def _says_never(turn: Turn, text: str) -> bool:
    """To ``when would be a better time``, or to the promise of another: a word about calls, and none about the bill."""
    if turn.state.end in _CALLED_AGAIN and "all" not in words(text):  # "not at all" to our thanks forbids nothing
        return wants_no_time(text)
    return turn.state.phase is Phase.CALLBACK and wants_no_time(text)


def _is_about_calls(turn: Turn, text: str) -> bool:
    """Hours not to call at, or never, and nothing else: whatever it sounds like, the bill is not objected to."""
    return turn.state.phase is not Phase.WHAT_IS_WRONG and (only_names_hours(text) or _says_never(turn, text))


def _hands_the_telephone_over(text: str, heard: Heard) -> bool:
    """``Le paso a mi esposo``: he comes to the telephone and has not passed away, unless that is said as well."""
    hands = identity.brings_somebody(text) or _HANDS_OVER.search(" ".join(words(text))) is not None
    return hands and not any(f".{Intent.DECEASED.value}" in rule for rule in heard.rule_ids)


def object_to_bill(turn: Turn, text: str, heard: Heard) -> bool:
    """A dispute, or words of danger that sound like one, freezes; True where these words are such."""
    if _is_about_calls(turn, text):
        return False
    if heard.dispute or (heard.pause and is_urgent(text)):  # nobody is asked whether sewage or sparks are a complaint
        freeze(turn, text, heard)
        return True
    return False


def take_paid_besides(turn: Turn, text: str, heard: Heard) -> None:
    """What is said to be paid is looked for as well, whatever else the same words stop."""
    if heard.has(Intent.ALREADY_PAID):
        note_paid(turn, text)


def take_last_words(turn: Turn, text: str, heard: Heard, *, partial: bool = False, doubts: bool = True) -> None:
    """Everything these words stop or object to, without an answer: the line is gone, or the call ends for another reason.

    ``doubts`` false: those who might only object are not taken for somebody who does.
    """
    suppress(turn, text, heard)
    object_to_bill(turn, text, heard)
    take_paid_besides(turn, text, heard)
    state = turn.state
    if (
        doubts
        and heard.pause
        and not _is_about_calls(turn, text)
        and not (state.paused or state.frozen or state.paid_said)
    ):
        turn.set(paused=True)
        turn.do(Pause(text, partial=partial))


def _says_who_it_is(turn: Turn, text: str, heard: Heard) -> bool:
    """``Ida here``: the very person asked for is at this number, however her name sounds. After a yes it takes a sure phrase."""
    if turn.state.phase not in (Phase.NAME, Phase.FACT, Phase.WAITING):
        return False
    if address.only_gives_a_fact(text, turn.brief) or identity.names_themselves(text, turn.brief):
        return True  # ``calle Elm número 412``
    if _in_a_sure_phrase(heard, Intent.WRONG_NUMBER):
        return False
    said_yes = turn.state.phase is Phase.FACT
    return (said_yes and (address.gives_a_fact(text, turn.brief) or identity.mentions(text, turn.brief))) or (
        identity.begins_with_yes(text)  # ``yes, Ida is here``
    )


def _in_a_sure_phrase(heard: Heard, intent: Intent) -> bool:
    """The phrases of hearing say so, and not the model alone."""
    return any(intent.value in rule_id.split(".") for rule_id in heard.rule_ids)


def freeze(turn: Turn, text: str, heard: Heard) -> None:
    """The dispute, on the first words of it; an invoice named later is frozen on those words. Never undone afterwards."""
    reason = heard.reason or Reason.OTHER_VAGUE
    if turn.state.frozen:
        _freeze_more(turn, text, reason)
        return
    told, urgent, about = told_before(text), is_urgent(text), invoices_named(text, turn.brief)
    told_on = past_day_named(text, turn.brief.today) if told else None
    wants_person = turn.state.wants_person or heard.has(Intent.REQUEST_HUMAN) or asks_for_person(text)
    turn.do(Freeze(reason, text, about, told, urgent, told_on, wants_person))
    turn.set(frozen=True, frozen_invoices=about, reason=reason, told_before=told, told_on=told_on, urgent=urgent)
    turn.set(paused=False, paused_by_partial=False)


def _freeze_more(turn: Turn, text: str, reason: Reason) -> None:
    """One sentence may say more about a disputed invoice and object to another: neither is lost."""
    named, known = named_in(text, turn.brief), turn.state.frozen_invoices
    fresh = tuple(number for number in named if number not in known)
    if len(fresh) < len(named) or not fresh:
        _specify(turn, text, reason)
    if fresh:
        turn.do(Freeze(reason, text, fresh, told_before(text), is_urgent(text)))
        turn.set(frozen_invoices=(*known, *fresh))
    if turn.state.reason in (None, Reason.OTHER_VAGUE):
        turn.set(reason=reason)


def _specify(turn: Turn, text: str, reason: Reason) -> None:
    about = tuple(number for number in named_in(text, turn.brief) if number in turn.state.frozen_invoices)
    told_apart = about if len(about) < len(turn.state.frozen_invoices) else ()
    turn.do(Specify(reason, text, is_urgent(text), told_apart))


def _after_freeze(turn: Turn, text: str, heard: Heard) -> None:
    stranger = not turn.state.right_party
    if turn.state.phase is Phase.WHAT_IS_WRONG:
        end_noted(turn)
        return
    if stranger:
        turn.say("dispute_heard_stranger", LineAct.ACKNOWLEDGE_DISPUTE)
    else:
        turn.say("dispute_earlier" if turn.state.told_before else "dispute_heard", LineAct.ACKNOWLEDGE_DISPUTE)
    if turn.state.urgent:
        turn.say("safety", LineAct.REASSURE)
    vague = turn.state.reason is Reason.OTHER_VAGUE and not turn.state.urgent
    if vague and not turn.state.told_before and not stranger and not turn.state.wants_person:
        turn.ask("ask_what_is_wrong", Asks.WHAT_IS_WRONG, Phase.WHAT_IS_WRONG, LineAct.ASK_WHAT_IS_WRONG)
    else:
        end_noted(turn)


def _what_was_wrong(turn: Turn, text: str, heard: Heard) -> None:
    """The answer to the one question after a freeze. Whatever it is, it goes to the owner and the call ends."""
    if turn.state.frozen:
        _specify(turn, text, heard.reason or Reason.OTHER_VAGUE)
    else:
        turn.do(Note(NoteKind.SAID, text))
    if heard.has(Intent.ARE_YOU_A_BOT):
        turn.say("robot", LineAct.ANSWER)
    end_noted(turn)


def end_noted(turn: Turn) -> None:
    """The last words on a disputed bill. Who asked for a person on the way gets one; the person may ask what is wrong."""
    turn.say("dispute_noted" if turn.state.right_party else "dispute_noted_stranger", LineAct.ACKNOWLEDGE_DISPUTE)
    if turn.state.wants_person:
        offer_person(turn, turn.state.last_final)
        turn.finish(Disposition.DISPUTE)
    else:
        turn.close(Disposition.DISPUTE)


def acknowledge_besides(turn: Turn) -> None:
    """The call ends for another reason, and a stop or an objection was said on it: it is acknowledged in words, never asked about."""
    confirm_stops(turn, turn.state.suppressed)
    if turn.state.frozen:
        acknowledge_objection(turn)


def acknowledge_objection(turn: Turn) -> None:
    """In words, without the question what is wrong. Beside a stop it is said in short."""
    if turn.state.right_party and not turn.state.suppressed:
        turn.say("dispute_earlier" if turn.state.told_before else "dispute_heard", LineAct.ACKNOWLEDGE_DISPUTE)
        turn.say("dispute_noted", LineAct.ACKNOWLEDGE_DISPUTE)
    else:
        turn.say("dispute_noted_stranger", LineAct.ACKNOWLEDGE_DISPUTE)


def confirm_stops(turn: Turn, stops: Collection[Intent]) -> None:
    """One line for each stop, the highest first."""
    said: set[str] = set()
    for intent in sorted(stops, key=SUPPRESSIONS.index):
        key, act = _STOP_LINES[intent]
        if key not in said and not (said and intent is Intent.WRONG_NUMBER):
            turn.say(key, act)
        said.add(key)


def _end_stopped(turn: Turn) -> None:
    """The stops are confirmed; a dispute beside them is acknowledged too."""
    confirm_stops(turn, turn.state.suppressed)
    if turn.state.frozen:
        turn.say("dispute_noted_stranger", LineAct.ACKNOWLEDGE_DISPUTE)
    if turn.brief.callback_number and not turn.state.frozen and Intent.WRONG_NUMBER not in turn.state.suppressed:
        turn.say("close_stopped_number", LineAct.CLOSE)
    else:
        turn.say("goodbye", LineAct.CLOSE)
    turn.finish(Disposition(turn.state.suppressed[0].value))


def _paid(turn: Turn, text: str, heard: Heard) -> None:
    """Not a dispute, and just as silent: asked once how and when, then looked up."""
    first = not turn.state.paid_said
    if heard.has(Intent.ARE_YOU_A_BOT):
        turn.say("robot", LineAct.ANSWER)
    how, on = note_paid(turn, text)
    if turn.state.right_party and first and not turn.state.wants_person and (how is HowPaid.UNKNOWN or on is None):
        turn.ask("paid_ask", Asks.OPEN, Phase.PAID_DETAILS)
        return
    turn.say("paid_noted" if turn.state.right_party else "question_passed", LineAct.CONFIRM)
    if turn.state.wants_person:
        offer_person(turn, text)
    else:
        turn.close(Disposition.ALREADY_PAID)


def note_paid(turn: Turn, text: str) -> tuple[HowPaid, date | None]:
    how, on = how_paid(text), past_day_named(text, turn.brief.today)
    turn.set(paid_said=True, paused=False, paused_by_partial=False)
    turn.do(AlreadyPaid(how, on, text))
    return how, on


def _doubt(turn: Turn, text: str, heard: Heard) -> None:
    """Perhaps a dispute: silent, one neutral question; a second doubt freezes."""
    if turn.state.doubts or turn.state.phase is Phase.NEUTRAL_QUESTION:
        freeze(turn, text, heard)
        _after_freeze(turn, text, heard)
        return
    turn.set(doubts=1, doubted=text, paused=True, paused_by_partial=False)
    turn.do(Pause(text, partial=False))
    _ask_neutral(turn)


def _ask_neutral(turn: Turn) -> None:
    key = "neutral_question" if turn.state.right_party else "neutral_question_stranger"
    turn.ask(key, Asks.WHAT_IS_WRONG, Phase.NEUTRAL_QUESTION, LineAct.ASK_WHAT_IS_WRONG)


def _answer_to_neutral(turn: Turn, text: str, heard: Heard) -> bool:
    """False when the person said clearly that nothing is wrong and the call goes on with the same words."""
    robot, repeat = heard.has(Intent.ARE_YOU_A_BOT), everyday(text) is Everyday.REPEAT
    if turn.state.asked is None and not turn.state.asked_again:  # cut off: nobody has heard what was asked
        turn.set(asked_again=True)
        _ask_neutral(turn)
        return True
    if (robot or repeat) and not turn.state.misses:
        turn.set(misses=1)
        if robot:
            turn.say("robot", LineAct.ANSWER)
        _ask_neutral(turn)
        return True
    if turn.state.asked is not None and says_nothing_is_wrong(text, turn.brief.today):
        turn.do(Resume())
        turn.set(paused=False, paused_by_partial=False, phase=Phase.LISTENING if turn.state.right_party else Phase.NAME)
        return False
    if objects_after_a_no(text):
        freeze(turn, text, heard)
        _after_freeze(turn, text, heard)
        return True
    turn.do(Note(NoteKind.UNANSWERED_DOUBT, text))
    end_unsure(turn)
    return True


def end_unsure(turn: Turn) -> None:
    """The doubt stays open, whatever else was wanted: the invoices of this call are as silent as frozen ones."""
    turn.set(paused_by_partial=False)
    turn.say("unsure_close", LineAct.REASSURE)
    if turn.state.wants_person:
        offer_person(turn, turn.state.last_final)
    else:
        turn.close(Disposition.PAUSED_UNSURE)


def end_half_a_doubt(turn: Turn, heard: Heard) -> None:
    """The call ends for another reason: what half a sentence left in doubt its own whole one has answered."""
    if turn.state.paused_by_partial and not heard.pause:
        turn.set(paused=False, paused_by_partial=False)


def release(turn: Turn) -> None:
    """A doubt that came from half a sentence goes with the whole sentence; one from a whole sentence stays."""
    if turn.state.paused_by_partial:
        turn.set(paused=False, paused_by_partial=False)
        turn.do(Resume())
