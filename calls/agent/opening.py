"""The beginning of a call: who is calling, for whom, recorded and by whom answered; then the right person; then the invoice."""

import re

from calls.agent import address, identity
from calls.agent.acts import Note, NoteKind, RightParty, Speaks, SwitchLanguage
from calls.agent.answers import note_callback, offer_person
from calls.agent.dispositions import Disposition
from calls.agent.everyday import Everyday, asks_about_recording, assent, names_time_to_call
from calls.agent.facts import InvoiceFacts, LinkChannel, Role
from calls.agent.numbers import words
from calls.agent.particulars import contact
from calls.agent.speech import count
from calls.agent.steps import Asks, LineAct, Phase
from calls.agent.turn import Turn
from disputes.hearing.context import denies_a_name, is_bare_no
from disputes.hearing.labels import Heard, Intent

NAME_TRIES = 3
MOST_DETOURS = 3
FACT_TRIES = 2
MOST_DEMANDS = 3
# Where or while somebody is not to be spoken to.
_BUSY = re.compile(
    r"\b(?:(?:im|i am|were) (?:still |just )?(?:at work|at my job|driving|on the job|in a meeting|at the doctors?|in church|working|busy)|cant (?:talk|speak)"
    r"|estoy (?:en el trabajo|trabajando|manejando|conduciendo|ocupad[oa]|en una junta)|no puedo hablar)\b"
)
# Beside ``hold on``. A person is spoken of there by whoever fetches one.
_WANTS_AN_ANSWER = (Intent.QUESTION_ABOUT_INVOICE, Intent.ARE_YOU_A_BOT)
_WANTS_LANGUAGE = (Everyday.WANTS_SPANISH, Everyday.WANTS_ENGLISH)


def open_call(turn: Turn) -> None:
    disclose(turn)
    ask_for_person(turn)


def disclose(turn: Turn) -> None:
    """Automated, recorded, and for whom, before anything else (RULES 6 and 7). No word of a debt."""
    brief = turn.brief
    if brief.inbound:
        key = "opening_inbound"
    elif turn.nobody_is_named:
        key = "opening_unnamed"
    elif brief.operator_name and brief.role is Role.THIRD_PARTY:
        key = "opening_operator"
    else:
        key = "opening"
    turn.say(key, LineAct.DISCLOSE)


def ask_for_person(turn: Turn, *, again: bool = False) -> None:
    brief = turn.brief
    if brief.is_consumer:
        key = "ask_name_again" if again else "ask_name"
    else:
        key = "ask_payables" if brief.contact_name else "ask_payables_unnamed"
    turn.ask(key, Asks.IDENTITY, Phase.NAME, LineAct.CHECK_IDENTITY)


def hear_name(turn: Turn, text: str, heard: Heard, said: Everyday | None) -> None:
    """An answer to ``Am I speaking with ...?``"""
    if heard.has(Intent.VOICEMAIL_GREETING):
        leave_message(turn)
    elif said in _WANTS_LANGUAGE and not _confirms_besides(turn, text):
        _ask_in_language(turn)
    elif said is Everyday.HOLD_THE_LINE:
        wait(turn, for_another=identity.brings_somebody(text))
    elif said is Everyday.DISTRUSTS_CALL:
        _distrust(turn, text)
    elif heard.intent is Intent.ARE_YOU_A_BOT:
        say_robot(turn, text)
        _ask_again(turn)
    elif heard.intent is Intent.REQUEST_HUMAN:
        offer_person(turn, text)
    elif said in _WANTS_LANGUAGE or _confirms(turn, text, heard):
        _name_confirmed(turn, text)
    elif said is Everyday.OTHER_CONTACT and not turn.brief.is_consumer:
        turn.do(contact(text))
        turn.say("other_contact", LineAct.CONFIRM)
        turn.close(Disposition.OTHER_CONTACT)
    elif heard.intent in (Intent.CONFIRM_IDENTITY_NO, Intent.NOT_RIGHT_PARTY) or _is_other(turn, text):
        _somebody_else(turn, text)
    elif heard.intent is Intent.CALLBACK_REQUEST:
        note_callback(turn, text, Intent.CALLBACK_REQUEST)
    elif said is Everyday.WHO_IS_CALLING:
        _say_who(turn)
        _ask_again(turn)
    elif assent(text) is False:
        _somebody_else(turn, text)
    else:
        _ask_again(turn)


def hear_fact(turn: Turn, text: str, heard: Heard, said: Everyday | None) -> None:
    """An answer to the question for ZIP code or street: two tries, then the call is over."""
    if identity.gives_their_fact(text, turn.brief) or _denies(turn, text, heard):
        _somebody_else(turn, text)
    elif identity.another_voice(text, turn.brief) and not address.only_gives_a_fact(text, turn.brief):
        _ask_again(turn)
    elif address.only_gives_a_fact(text, turn.brief):
        right_party(turn)
    elif said in _WANTS_LANGUAGE and _has_switched(turn):
        ask_fact(turn)
    elif said is Everyday.HOLD_THE_LINE and heard.intent is Intent.OTHER:
        wait(turn, for_another=identity.brings_somebody(text))
    elif said is Everyday.DISTRUSTS_CALL:
        _distrust(turn, text)
    elif heard.intent is Intent.ARE_YOU_A_BOT:
        say_robot(turn, text)
        _ask_fact_after_answer(turn)
    elif heard.intent is Intent.REQUEST_HUMAN:
        offer_person(turn, text)
    elif heard.intent is Intent.CALLBACK_REQUEST or _is_busy(text):
        note_callback(turn, text, Intent.CALLBACK_REQUEST)
    elif address.gives_a_fact(text, turn.brief):
        _ask_again(turn)  # known, and with words beside it that may be somebody else's
    else:
        _another_fact(turn, said)


def _is_busy(text: str) -> bool:
    """``43215 pero estoy en el trabajo``: no place or time to be spoken to (15 USC 1692c(a)(1))."""
    return _BUSY.search(" ".join(words(text))) is not None


def _denies(turn: Turn, text: str, heard: Heard) -> bool:
    """A no to the name, after the name was said yes to. ``No, it's 43215``, ``oh no`` and ``not sure`` are none."""
    if address.only_gives_a_fact(text, turn.brief):
        return False
    if heard.intent is Intent.CONFIRM_IDENTITY_NO:
        return denies_a_name(text) or (is_bare_no(text) and words(text)[:1] != ["oh"])
    return heard.intent is Intent.NOT_RIGHT_PARTY


def back_on_the_line(turn: Turn, text: str, heard: Heard, said: Everyday | None) -> None:
    """Somebody speaks after ``hold on``: perhaps another person, who has not yet heard who is calling."""
    if said is Everyday.HOLD_THE_LINE and heard.intent not in _WANTS_AN_ANSWER:
        return
    denied = heard.intent in (Intent.NOT_RIGHT_PARTY, Intent.CONFIRM_IDENTITY_NO)
    if heard.has(Intent.VOICEMAIL_GREETING) or (denied and not identity.another_voice(text, turn.brief)):
        hear_name(turn, text, heard, said)
        return
    if turn.state.proved and identity.comes_back(text):
        _back_again(turn)
        return
    disclose(turn)
    if _is_other(turn, text):
        _somebody_else(turn, text)
    elif _confirms(turn, text, heard) and identity.names_themselves(text, turn.brief):
        _name_confirmed(turn, text)
    else:
        ask_for_person(turn)


def wait(turn: Turn, *, for_another: bool) -> None:
    """``Hold on``: whoever speaks next is asked who it is, and hears nothing of the bill before. ``for_another``: it was said who comes."""
    if for_another:
        turn.retract()
    turn.set(right_party=False)
    turn.say("will_hold", LineAct.REASSURE)
    turn.set(phase=Phase.WAITING, asked=None)


def ask_new_voice(turn: Turn) -> None:
    """Somebody else speaks in the middle of the call: they hear what calls them, and are asked who they are, and nothing more."""
    turn.retract()
    disclose(turn)
    _ask_again(turn)


def right_party(turn: Turn) -> None:
    """The right person is on the line: the sentences of the law, then the invoice, then listen."""
    turn.set(right_party=True, proved=turn.brief.is_consumer)
    turn.do(RightParty())
    if turn.state.language is not turn.brief.language:
        turn.do(Speaks(turn.state.language))
    if turn.brief.named_to_person_alone:
        say_for_whom(turn, LineAct.DISCLOSE)
    if turn.brief.dispute_live:
        turn.say("dispute_live", LineAct.REASSURE)
        turn.ask("ask_add", Asks.WHAT_IS_WRONG, Phase.WHAT_IS_WRONG, LineAct.ASK_WHAT_IS_WRONG)
        return
    legal_notice(turn)
    state_debt(turn)
    go_on(turn, promising=turn.state.draft is not None)  # a day named before another voice came in is confirmed


def legal_notice(turn: Turn) -> None:
    """15 USC 1692e(11), 12 CFR 1006.18(e): in full on the first communication, in short on later ones."""
    if turn.brief.needs_collector_notice:
        turn.say("collector_first" if turn.brief.first_contact else "collector_again", LineAct.LEGAL_NOTICE)


def state_debt(turn: Turn) -> None:
    brief = turn.brief
    oldest = min(brief.invoices, key=lambda invoice: (invoice.due_date, invoice.number))
    number, due = oldest.number, turn.past_day(oldest.due_date)
    if len(brief.invoices) > 1:
        counted = count(len(brief.invoices), turn.state.language)
        turn.say("debt_many", LineAct.STATE_DEBT, count=counted, total=turn.total(), number=number, due=due)
    elif turn.brief.is_sensitive:
        _state_private(turn, oldest, due)
    elif oldest.work:
        turn.say(
            "debt_one", LineAct.STATE_DEBT, amount=turn.amount_of(oldest), work=oldest.work, number=number, due=due
        )
    elif oldest.service_date:
        service = turn.past_day(oldest.service_date)
        turn.say(
            "debt_one_dated", LineAct.STATE_DEBT, amount=turn.amount_of(oldest), service=service, number=number, due=due
        )
    else:
        turn.say("debt_one_plain", LineAct.STATE_DEBT, amount=turn.amount_of(oldest), number=number, due=due)
    turn.set(debt_stated=True)


def _state_private(turn: Turn, invoice: InvoiceFacts, due: str) -> None:
    """A medical, dental, legal, counseling or funeral bill: its number and its date, and no word of what was done."""
    amount, number = turn.amount_of(invoice), invoice.number
    if invoice.issued_on is None:
        turn.say("debt_one_plain", LineAct.STATE_DEBT, amount=amount, number=number, due=due)
    else:
        dated = turn.past_day(invoice.issued_on)
        turn.say("debt_one_private", LineAct.STATE_DEBT, amount=amount, number=number, due=due, dated=dated)


def ask_open(turn: Turn) -> None:
    """When can it be expected? Asked three times at most in one call; after that only whether there is anything else."""
    turn.set(demands=turn.state.demands + 1)
    if turn.state.demands > MOST_DEMANDS:
        turn.ask("ask_anything_else", Asks.OPEN, Phase.LISTENING)
        return
    key = "ask_open" if turn.brief.link is LinkChannel.NONE else "ask_open_link"
    turn.ask(key, Asks.OPEN, Phase.LISTENING)


def ask_day(turn: Turn) -> None:
    """Which day, where none was named: one of the three times that it is asked for."""
    turn.set(demands=turn.state.demands + 1)
    if turn.state.demands > MOST_DEMANDS:
        turn.ask("ask_anything_else", Asks.OPEN, Phase.LISTENING)
    else:
        turn.ask("ask_day", Asks.PROMISE, Phase.PROMISE)


def go_on(turn: Turn, *, promising: bool) -> None:
    """Back to the question that was open. ``promising``: a day was spoken of."""
    draft = turn.state.draft
    if promising and draft is not None and draft.on is not None:
        turn.ask("confirm_day", Asks.PROMISE, Phase.PROMISE, LineAct.CONFIRM, day=turn.day(draft.on))
    elif promising:
        ask_day(turn)
    else:
        ask_open(turn)


def say_robot(turn: Turn, text: str = "") -> None:
    """Asked, it is said at once and truthfully (RULES 6): that it is a machine, or that it is recorded."""
    if asks_about_recording(text):
        turn.say("recorded", LineAct.ANSWER)
        return
    turn.say("robot", LineAct.ANSWER)


def leave_message(turn: Turn) -> None:
    """A machine: nothing for consumers, for businesses one neutral message without amount where the firm wants one left."""
    if turn.brief.leaves_message and not turn.brief.is_consumer:
        turn.say("voicemail" if turn.brief.callback_number else "voicemail_no_number", LineAct.VOICEMAIL)
    turn.finish(Disposition.VOICEMAIL_GREETING)


def _confirms(turn: Turn, text: str, heard: Heard) -> bool:
    """The person asked for says so, also after ``hold on``, or, at a business, whoever pays the bills. Another name, a relative or a front desk is no yes.

    Nor is a bare yes one to a question that was cut off before it was heard.
    """
    was_heard = turn.state.asked is Asks.IDENTITY
    text = text if turn.brief.is_consumer else identity.without_house(text, turn.brief)
    brief, denied = turn.brief, heard.intent in (Intent.NOT_RIGHT_PARTY, Intent.CONFIRM_IDENTITY_NO)
    if turn.state.proved and was_heard and identity.comes_back(text):
        return True
    if not brief.is_consumer and identity.handles_payables(text):
        return True
    if _is_other(turn, text):
        return False
    if not brief.is_consumer and not denied and was_heard and identity.is_plain_yes(text, brief):
        return True
    if identity.gives_another_name(text, brief):
        return False
    if identity.says_it_is_me(text, brief):
        return True
    if denied or not was_heard or not brief.is_consumer or not identity.begins_with_yes(text):
        return False
    if identity.speaks_of_another(text, brief):
        return False
    return heard.intent is Intent.CONFIRM_IDENTITY_YES or identity.is_plain_yes(text, brief)


def _is_other(turn: Turn, text: str) -> bool:
    return identity.is_somebody_else(text, turn.brief) or (not turn.brief.is_consumer and identity.is_front_desk(text))


def _has_switched(turn: Turn) -> bool:
    """The language was changed by these very words; what was asked before has to be asked in it."""
    return any(isinstance(act, SwitchLanguage) for act in turn.acts)


def _confirms_besides(turn: Turn, text: str) -> bool:
    """``Sí, soy yo. ¿Habla español?`` says who it is as well; a bare yes only where the question was asked in that language."""
    if _is_other(turn, text) or identity.gives_another_name(text, turn.brief):
        return False
    return identity.says_it_is_me(text, turn.brief) or (assent(text) is True and not _has_switched(turn))


def _ask_in_language(turn: Turn) -> None:
    """Once in the language asked for; after that it counts as a question not answered."""
    if _has_switched(turn):
        ask_for_person(turn)
    else:
        _ask_again(turn)


def _ask_fact_after_answer(turn: Turn) -> None:
    """An answer of ours costs no try at the fact, but nobody is asked for it without end."""
    misses = turn.state.misses + 1
    turn.set(misses=misses)
    if misses > MOST_DETOURS:
        _give_up(turn)
    else:
        ask_fact(turn)


def _name_confirmed(turn: Turn, text: str) -> None:
    if turn.state.proved:
        _back_again(turn)
    elif not turn.brief.is_consumer or address.only_gives_a_fact(text, turn.brief):
        right_party(turn)
    elif address.has_fact(turn.brief):
        ask_fact(turn)
    else:
        _give_up(turn)


def _back_again(turn: Turn) -> None:
    """The same person, after ``hold on``, says again who it is: the fact was given before, and what was open is asked."""
    turn.set(right_party=True)
    if not turn.state.debt_stated:
        legal_notice(turn)
        state_debt(turn)
    go_on(turn, promising=turn.state.draft is not None)


def ask_fact(turn: Turn) -> None:
    has_zip, has_street = bool(turn.brief.zip_code), bool(turn.brief.street)
    key = "ask_zip_or_street" if has_zip and has_street else "ask_zip" if has_zip else "ask_street"
    turn.ask(key, Asks.IDENTITY, Phase.FACT, LineAct.CHECK_IDENTITY)


def _another_fact(turn: Turn, said: Everyday | None) -> None:
    tries = turn.state.fact_tries + 1
    turn.set(fact_tries=tries)
    if tries >= FACT_TRIES:
        _give_up(turn)
        return
    if said in (Everyday.WHO_IS_CALLING, Everyday.REPEAT):
        _say_who(turn)
        ask_fact(turn)
        return
    turn.ask("ask_fact_again", Asks.IDENTITY, Phase.FACT, LineAct.CHECK_IDENTITY)


def _ask_again(turn: Turn) -> None:
    tries = turn.state.name_tries + 1
    turn.set(name_tries=tries)
    if tries >= NAME_TRIES:
        _give_up(turn)
        return
    ask_for_person(turn, again=True)


def say_for_whom(turn: Turn, act: LineAct) -> None:
    """The firm, and where others collect for it, who they are (15 USC 1692d(6))."""
    turn.say("calling_for_operator" if turn.brief.operator_name else "calling_for", act)


def _say_who(turn: Turn) -> None:
    brief = turn.brief
    if not turn.nobody_is_named:
        say_for_whom(turn, LineAct.ANSWER)
    turn.say("personal_matter" if brief.is_consumer else "business_matter", LineAct.ANSWER)


def _somebody_else(turn: Turn, text: str) -> None:
    """A gatekeeper or relative: nothing of the matter, only when to call (15 USC 1692c(b))."""
    if not names_time_to_call(text) or note_callback(turn, text, Intent.NOT_RIGHT_PARTY, ask=False) == (None, None):
        key = "ask_when_to_reach" if turn.brief.person else "ask_when_to_reach_unnamed"
        turn.ask(key, Asks.CALLBACK, Phase.CALLBACK)
        turn.set(callback_for=Intent.NOT_RIGHT_PARTY)


def _distrust(turn: Turn, text: str) -> None:
    turn.do(Note(NoteKind.DISTRUST, text))
    turn.say("distrust", LineAct.REASSURE)
    turn.close(Disposition.DISTRUSTS_CALL, short=True)


def _give_up(turn: Turn) -> None:
    turn.say("cannot_confirm", LineAct.APOLOGIZE)
    turn.close(Disposition.IDENTITY_UNCONFIRMED, short=True)
