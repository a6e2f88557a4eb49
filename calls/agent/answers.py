"""What follows when nothing must stop: a day, a link, time, a call back, a question, and the trade's everyday answers."""

import re
from dataclasses import replace
from datetime import date, time, timedelta

from calls.agent.acts import Callback, HandOver, HowPaid, Note, NoteKind, Promise, SendCopy, SendLink
from calls.agent.dates import day_named, time_named
from calls.agent.dispositions import Disposition
from calls.agent.everyday import Everyday, assent, how_paid
from calls.agent.facts import Brief, InvoiceFacts, LinkChannel
from calls.agent.invoices_named import invoices_named, named_in
from calls.agent.numbers import amounts_named, words
from calls.agent.particulars import (
    EARLIEST,
    LATEST,
    contact,
    day_put_off_to,
    paper,
    payer,
    restriction,
    way_to_write,
    without_restriction,
)
from calls.agent.steps import Asks, Draft, LineAct, Phase, State
from calls.agent.turn import Turn
from disputes.hearing.labels import Intent
from syntharra.money import Money, currency_code, of, total


def promise(turn: Turn, text: str) -> None:
    """A day is confirmed once before it counts; none named is asked for once."""
    said = without_restriction(text)  # "don't call me Monday, I'll pay Friday" promises Friday
    on = day_put_off_to(said, turn.brief.today)[0] or day_named(said, turn.brief.today)
    how = how_paid(text)
    if (
        on is None
        and how is HowPaid.CHECK
        and re.search(r"\b(in the mail|mailed|sent|going out|correo)\b", text.lower())
    ):
        on = turn.brief.today
    draft = _draft(turn, on, how, text)
    if on is None:
        if turn.state.phase is Phase.PROMISE:
            _book(turn, draft)
        else:
            turn.ask("ask_day", Asks.PROMISE, Phase.PROMISE)
            turn.set(draft=draft)
        return
    if (on - turn.brief.today).days > turn.brief.longest_promise_days:
        pass_on_plan(turn, text, "too_far")
        return
    _confirm(turn, draft)


def _draft(turn: Turn, on: date | None, how: HowPaid, text: str) -> Draft:
    """What was said so far, with what an earlier half of it named."""
    before = turn.state.draft
    amount, named = sum_promised(text, turn.brief), _invoices_promised(text, turn.brief)
    if before is not None:
        how = before.how if how is HowPaid.UNKNOWN else how
        amount, named = amount or before.amount, named or before.invoices
        text = text if text == before.words else f"{before.words} {text}"
    return Draft(on, how, text, amount, named)


def sum_promised(text: str, brief: Brief) -> Money | None:
    """A part of what is owed, where the words name a sum of money that is less; None where they name none, or all of it."""
    if "$" not in text and not {"dollar", "dollars", "bucks", "grand", "dolares"} & set(words(text)):
        return None
    owed = {int(invoice.amount.amount) for invoice in brief.invoices}
    sums = {value for value in amounts_named(text) if value >= 10 and value not in owed and value < brief.total.amount}
    return of(max(sums), currency_code(brief.total)) if sums else None


def _invoices_promised(text: str, brief: Brief) -> tuple[str, ...]:
    """The ones a promise names. A day of the month that is also a due date is the day of the promise, so days name nothing."""
    undated = re.sub(r"(?i)\b(?:the|on|by) \w+(?:st|nd|rd|th)\b|\d{1,2}/\d{1,2}", " ", text)
    named = named_in(undated, brief) if len(brief.invoices) > 1 else ()
    return named if len(named) < len(brief.invoices) else ()


def answer_promise(turn: Turn, text: str) -> bool:
    """An answer to ``which day`` or ``is that right``; False when it is about something else."""
    draft = turn.state.draft
    named = day_named(text, turn.brief.today)
    if named is not None and (draft is None or named != draft.on):
        promise(turn, text)
        return True
    if draft is None:
        return False
    agreed = assent(text)
    if draft.on is None:
        if agreed is False:
            return False
        _book(turn, draft)
        return True
    if agreed is False:
        if turn.state.misses:
            pass_on_plan(turn, text, "plan_passed_on")
            return True
        turn.set(misses=1, draft=replace(draft, on=None))
        turn.ask("ask_day_again", Asks.PROMISE, Phase.PROMISE)
        return True
    if agreed is True and turn.state.asked is None and was_only_offered(turn.state):
        _confirm(turn, draft)  # the offer was cut off: the day was never heard
        return True
    if agreed is True or (len(words(text)) <= 3 and not _HEDGES & set(words(text))):
        _book(turn, draft)
        return True
    return False


# Short answers to ``is that right`` that are no yes: ``I'm not sure``, ``maybe``, ``depends``, ``no sé``.
_HEDGES = {
    "not", "dont", "cant", "cannot", "wont", "maybe", "perhaps", "depends", "possibly", "unsure", "hopefully", "wait", "hold", "what",
    "huh", "sorry", "pardon", "quiza", "quizas", "depende", "se", "puedo", "que", "como", "mande", "perdon", "disculpe", "repita",
}  # fmt: skip


def was_only_offered(state: State) -> bool:
    """The day of the draft is one the agent offered; nobody has said yes to it."""
    draft = state.draft
    if draft is None or not state.brief.extension_days:
        return False
    offered = state.brief.today + timedelta(days=state.brief.extension_days)
    return draft.on == offered and day_named(draft.words, state.brief.today) != offered


def book_draft(turn: Turn) -> bool:
    """The line went dead after a day was named: the promise is kept as it was said."""
    draft = turn.state.draft
    if draft is None or turn.state.silent_about_money or was_only_offered(turn.state):
        return False
    turn.do(_promised(turn.brief, draft))
    return True


def _promised(brief: Brief, draft: Draft) -> Promise:
    about = [invoice for invoice in brief.invoices if not draft.invoices or invoice.number in draft.invoices]
    everything = total((invoice.amount for invoice in about), currency_code(brief.total))
    amount = draft.amount if draft.amount is not None and draft.amount < everything else everything
    return Promise(draft.on, amount, draft.how, draft.words, draft.invoices)


def pay_now(turn: Turn) -> None:
    """By link and never by voice."""
    channel = turn.brief.link
    if channel is LinkChannel.NONE:
        turn.say("link_none", LineAct.CONFIRM)
    else:
        turn.do(SendLink(channel.value))
        turn.say("link_email" if channel is LinkChannel.EMAIL else "link_text", LineAct.CONFIRM)
    turn.close(Disposition.PAY_NOW)


def needs_time(turn: Turn, text: str) -> None:
    """Only what the owner allows is offered; everything else is passed on."""
    if turn.brief.extension_days and turn.state.draft is None:
        until = turn.brief.today + timedelta(days=turn.brief.extension_days)
        turn.do(Note(NoteKind.PLAN_WISH, text))
        turn.set(draft=Draft(until, HowPaid.UNKNOWN, text))
        turn.ask("extension", Asks.PROMISE, Phase.PROMISE, day=turn.day(until))
        return
    pass_on_plan(turn, text, "plan_possible" if turn.brief.plan_allowed else "plan_passed_on")


def pass_on_plan(turn: Turn, text: str, key: str) -> None:
    turn.do(Note(NoteKind.PLAN_WISH, text))
    turn.set(draft=None)
    turn.say(key, LineAct.CONFIRM)
    turn.close(Disposition.NEEDS_TIME_OR_PLAN)


def note_callback(turn: Turn, text: str, why: Intent, *, ask: bool = True) -> tuple[date | None, time | None]:
    """Book the time named, if one was; else ask for one (``ask``). Gives back what was named.

    A time that is forbidden (``never before noon``) is none to call at.
    """
    if restriction(text) is not None:
        turn.do(Callback(None, None, text))
        turn.say("restricted", LineAct.CONFIRM)
        turn.close(Disposition(why.value))
        return None, None
    on = day_put_off_to(text, turn.brief.today)[0] or day_named(text, turn.brief.today)  # "not until after Monday"
    at = _callable(time_named(text))
    if on is not None or at is not None:
        turn.do(Callback(on, at, text, by_person=turn.brief.last_call))
        _say_when(turn, on, at)
        turn.close(Disposition(why.value))
    elif ask:
        turn.ask("ask_callback", Asks.CALLBACK, Phase.CALLBACK)
        turn.set(callback_for=why)
    return on, at


def _callable(at: time | None) -> time | None:
    """An hour at which somebody is called; no other is told to him."""
    return at if at is not None and EARLIEST <= at < LATEST else None


def put_off(turn: Turn, text: str, why: Intent) -> None:
    """``Not until Tuesday``: that is when it is tried again, and nothing more is forbidden."""
    note_day_put_off_to(turn, text)
    turn.close(Disposition(why.value))


def note_day_put_off_to(turn: Turn, text: str) -> None:
    on, at = book_day_put_off_to(turn, text)
    if on is None and at is None:
        turn.say("callback_open", LineAct.CONFIRM)
    else:
        _say_when(turn, on, at)


def book_day_put_off_to(turn: Turn, text: str) -> tuple[date | None, time | None]:
    """Without a word, where nobody is left to hear it."""
    on, at = day_put_off_to(text, turn.brief.today)
    at = _callable(at)
    turn.do(Callback(on, at, text, by_person=turn.brief.last_call and (on, at) != (None, None)))
    return on, at


def _say_when(turn: Turn, on: date | None, at: time | None) -> None:
    """After the last of our calls it is a person who calls."""
    key = "person_later" if turn.brief.last_call else "callback_noted"
    turn.say(key, LineAct.CONFIRM, when=turn.moment(on, at))


def answer_callback(turn: Turn, text: str) -> None:
    """Whatever is answered to ``when``: a time is booked, anything else ends kindly with another time."""
    why = turn.state.callback_for or Intent.CALLBACK_REQUEST
    on, at = note_callback(turn, text, why, ask=False)
    if on is None and at is None and not turn.state.ended:
        by_person = turn.brief.last_call
        turn.do(Callback(None, None, text, by_person=by_person))
        turn.say("person_later_open" if by_person else "callback_open", LineAct.CONFIRM)
        turn.close(Disposition(why.value))


def offer_person(turn: Turn, text: str) -> None:
    """A human at once where somebody is there, else a named time.

    Where only the person asked for may hear whose call it is, nobody is put through before it is known who that is:
    whoever answers at the firm would say its name.
    """
    turn.set(wants_person=False, person_arranged=True)
    if turn.brief.person_now and not turn.nobody_is_named:
        turn.do(HandOver(text))
        turn.say("hand_over", LineAct.CONFIRM)
        turn.finish(Disposition.REQUEST_HUMAN)
        return
    on, at = turn.brief.person_on, turn.brief.person_at
    turn.do(Callback(on, at, text, by_person=True))
    if on is not None:
        turn.say("person_later", LineAct.CONFIRM, when=turn.moment(on, at))
    else:
        turn.say("person_later_open", LineAct.CONFIRM)
    turn.close(Disposition.REQUEST_HUMAN)


def send_copy(turn: Turn, text: str) -> None:
    turn.do(SendCopy(text))
    turn.say("copy_sent", LineAct.CONFIRM)
    turn.close(Disposition.COPY_WANTED)


def answer_question(turn: Turn, text: str) -> None:
    """From the facts and nothing else; what is not there is passed on."""
    said = set(words(text))
    named = invoices_named(text, turn.brief)
    before = len(turn.lines)
    answer_about(turn, said, [invoice for invoice in turn.brief.invoices if invoice.number in named])
    if len(turn.lines) == before:
        turn.do(Note(NoteKind.QUESTION, text))
        turn.say("answer_unknown", LineAct.ANSWER)


_TOTAL = {"total", "altogether", "all", "balance", "owe", "debo", "todo", "each", "which", "list"}
_DUE = {"due", "late", "overdue", "deadline", "vence", "vencio", "vencimiento"}
_MUCH = {"much", "total", "amount", "balance", "owe", "cuanto", "monto", "debo", "price", "tax", "cost", "each"}
_WORK = {"for", "what", "whats", "which", "job", "work", "service", "que", "cual", "trabajo", "about"}
_WHEN = {"when", "day", "date", "cuando", "dia", "fecha", "which", "what"}


def answer_about(turn: Turn, said: set[str], invoices: list[InvoiceFacts]) -> None:
    """One sentence for each of these invoices on what the words ask for, as far as it is in the facts."""
    if said & _TOTAL and len(invoices) > 1:
        turn.say("answer_total", LineAct.ANSWER, total=turn.total())
    for invoice in invoices[:6]:
        number = invoice.number
        if said & _DUE:
            turn.say("answer_due", LineAct.ANSWER, number=number, due=turn.past_day(invoice.due_date))
        elif said & {"number", "numero"} and not said & {"phone", "call"}:
            turn.say("answer_number", LineAct.ANSWER, number=number)
        elif said & _MUCH:
            turn.say("answer_amount", LineAct.ANSWER, number=number, amount=turn.amount_of(invoice))
        elif turn.brief.is_sensitive and said & (_WORK | _WHEN):
            _say_private(turn, invoice)
        elif said & _WORK and invoice.work:
            turn.say("answer_work", LineAct.ANSWER, number=number, work=invoice.work)
        elif said & _WHEN and invoice.service_date:
            turn.say("answer_service", LineAct.ANSWER, number=number, service=turn.past_day(invoice.service_date))


def _say_private(turn: Turn, invoice: InvoiceFacts) -> None:
    """What it was for is not spoken of on the phone, with nobody."""
    if invoice.issued_on is None:
        turn.say("answer_private_plain", LineAct.ANSWER, number=invoice.number)
    else:
        turn.say("answer_private", LineAct.ANSWER, number=invoice.number, dated=turn.past_day(invoice.issued_on))


_PASSED_ON: dict[Everyday, tuple[NoteKind, str, Disposition]] = {
    Everyday.PAPERWORK_FIRST: (NoteKind.PAPERWORK, "paperwork", Disposition.PAPERWORK_FIRST),
    Everyday.WAITING_FOR_PAYER: (NoteKind.WAITING_FOR, "waiting", Disposition.WAITING_FOR_PAYER),
    Everyday.OTHER_CONTACT: (NoteKind.OTHER_CONTACT, "other_contact", Disposition.OTHER_CONTACT),
    Everyday.WRITTEN_ONLY: (NoteKind.WRITTEN_ONLY, "written_only", Disposition.WRITTEN_ONLY),
    Everyday.OTHER_JOB: (NoteKind.OTHER_JOB, "other_job", Disposition.OTHER_JOB),
    Everyday.DISTRUSTS_CALL: (NoteKind.DISTRUST, "distrust", Disposition.DISTRUSTS_CALL),
}


_DETAILS = {
    Everyday.PAPERWORK_FIRST: paper,
    Everyday.WAITING_FOR_PAYER: payer,
    Everyday.WRITTEN_ONLY: way_to_write,
}


def pass_on(turn: Turn, text: str, said: Everyday | None) -> bool:
    """The everyday answers that end the call with a task for the owner; False when it is none of them."""
    if said is None or said not in _PASSED_ON:
        return False
    kind, key, disposition = _PASSED_ON[said]
    if said is Everyday.OTHER_CONTACT:
        turn.do(contact(text))
    else:
        turn.do(Note(kind, text, _DETAILS[said](text) if said in _DETAILS else ""))
    turn.say(key, LineAct.CONFIRM)
    turn.close(disposition)
    return True


def _confirm(turn: Turn, draft: Draft) -> None:
    assert draft.on is not None
    turn.set(draft=draft)
    turn.ask("confirm_day", Asks.PROMISE, Phase.PROMISE, LineAct.CONFIRM, day=turn.day(draft.on))


def _book(turn: Turn, draft: Draft) -> None:
    turn.do(_promised(turn.brief, draft))
    if draft.on is None:
        turn.do(Note(NoteKind.PROMISE_WITHOUT_DAY, draft.words))
        turn.say("promise_no_day", LineAct.CONFIRM)
    else:
        turn.say("promise_noted", LineAct.CONFIRM, day=turn.day(draft.on))
    turn.close(Disposition.PROMISE_TO_PAY)
