"""What follows from each end of a call: one table, which others carry out and the page ``docs/outcomes.md`` prints."""

from dataclasses import dataclass

from django.utils.translation.trans_null import gettext_noop as _

from calls.agent.dispositions import Disposition, Hold, Message, NextAttempt


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from one disposition. ``days`` belongs to the hold, in ``business_days`` where that is true.

    ``suppression``: the reason under which the number or person is never contacted again. ``task``: what the owner is asked to do.
    ``attempt``: it counts as one of the three. ``calls_only``: the hold keeps calls away and leaves letters alone.
    """

    disposition: Disposition
    means: str
    hold: Hold = Hold.NONE
    days: int = 0
    business_days: bool = False
    suppression: str = ""
    task: str = ""
    next_attempt: NextAttempt = NextAttempt.CADENCE
    message: Message = Message.NONE
    attempt: bool = True
    calls_only: bool = False


_D = Disposition
_NEVER = NextAttempt.NEVER
_OWNER = NextAttempt.OWNER_DECIDES
_AFTER = NextAttempt.AFTER_HOLD

_ROWS = (
    Outcome(
        _D.ATTORNEY_REPRESENTED,
        _("A lawyer acts for the customer."),
        hold=Hold.OWNER,
        suppression="attorney_represented",
        task=_("Record the lawyer's name and address; from now on only the lawyer may be written to."),
        next_attempt=_NEVER,
    ),
    Outcome(
        _D.BANKRUPTCY,
        _("The customer is in bankruptcy."),
        hold=Hold.OWNER,
        suppression="bankruptcy",
        task=_("Stop every demand on every invoice of this customer; ask your lawyer about filing a claim."),
        next_attempt=_NEVER,
    ),
    Outcome(
        _D.DECEASED,
        _("The customer has died."),
        hold=Hold.OWNER,
        suppression="deceased",
        task=_("A person should look at this account; nobody is called again."),
        next_attempt=_NEVER,
    ),
    Outcome(
        _D.OPT_OUT,
        _("The person asked not to be called."),
        hold=Hold.OWNER,
        suppression="opt_out",
        task=_("Decide how to go on without calls: letter, e-mail or leave it."),
        next_attempt=_NEVER,
        message=Message.STOP_CONFIRMATION,
    ),
    Outcome(
        _D.DISPUTE,
        _("The customer disagrees with the invoice or a part of it."),
        hold=Hold.FROZEN,
        task=_("Read the dispute and answer the customer."),
        next_attempt=_NEVER,
        message=Message.ACKNOWLEDGEMENT,
    ),
    Outcome(
        _D.PAUSED_UNSURE,
        _("The customer may disagree; the call ended before it was clear."),
        hold=Hold.PAUSED,
        task=_("Listen to the clip and say whether it was a dispute."),
        next_attempt=_OWNER,
        message=Message.UNSURE_LETTER,
    ),
    Outcome(
        _D.ALREADY_PAID,
        _("The customer says it has been paid."),
        hold=Hold.PAID_CHECK,
        days=5,
        business_days=True,
        task=_("Look for the payment among the candidates from the books."),
        next_attempt=_OWNER,
        message=Message.PAID_PAGE,
    ),
    Outcome(
        _D.WRONG_NUMBER,
        _("Nobody of that name or business is reached at this number."),
        hold=Hold.OWNER,
        suppression="wrong_number",
        task=_("Find the right number, or leave it."),
        next_attempt=_OWNER,
    ),
    Outcome(
        _D.NOT_RIGHT_PARTY,
        _("Somebody else answered; nothing was said of the invoice."),
        next_attempt=NextAttempt.NAMED_TIME,
    ),
    Outcome(
        _D.REQUEST_HUMAN,
        _("The customer wants to speak with a person."),
        hold=Hold.OWNER,
        task=_("Call the customer back."),
        next_attempt=_OWNER,
    ),
    Outcome(
        _D.PROMISE_TO_PAY,
        _("The customer named a day, or said that payment will come."),
        hold=Hold.PROMISE,
        days=7,
        next_attempt=_AFTER,
        message=Message.PROMISE_CONFIRMATION,
    ),
    Outcome(
        _D.PAY_NOW,
        _("The customer wants to pay at once and was sent the link."),
        hold=Hold.DAYS,
        calls_only=True,
        days=1,
        business_days=True,
        next_attempt=_AFTER,
        message=Message.PAYMENT_LINK,
    ),
    Outcome(
        _D.NEEDS_TIME_OR_PLAN,
        _("The customer cannot pay now, or asks to pay in parts."),
        hold=Hold.OWNER,
        task=_("Say what you can allow: more time, installments, or neither."),
        next_attempt=_OWNER,
    ),
    Outcome(
        _D.CALLBACK_REQUEST,
        _("Not a good time; the customer asked for another."),
        next_attempt=NextAttempt.NAMED_TIME,
    ),
    Outcome(
        _D.QUESTION_ABOUT_INVOICE,
        _("The customer asked about the invoice and nothing was agreed."),
        hold=Hold.DAYS,
        days=3,
        task=_("Answer what the agent could not."),
        next_attempt=_AFTER,
    ),
    Outcome(
        _D.ABUSIVE,
        _("Only insults or threats."),
        hold=Hold.OWNER,
        task=_("Decide whether to call again."),
        next_attempt=_OWNER,
    ),
    Outcome(_D.VOICEMAIL_GREETING, _("A machine or a phone menu answered."), next_attempt=NextAttempt.CADENCE),
    Outcome(_D.OTHER, _("They spoke, and nothing came of it.")),
    Outcome(
        _D.COPY_WANTED,
        _("The customer never got the invoice or wants a copy."),
        hold=Hold.DAYS,
        days=7,
        next_attempt=_AFTER,
        message=Message.COPY,
    ),
    Outcome(
        _D.PAPERWORK_FIRST,
        _("The customer needs a paper first: purchase order, W-9, certificate of insurance, lien waiver, portal."),
        hold=Hold.UNTIL_DONE,
        days=5,
        business_days=True,
        task=_("Send the paper they asked for; calls rest until you have, and five business days more."),
        next_attempt=_AFTER,
    ),
    Outcome(
        _D.WAITING_FOR_PAYER,
        _("The customer waits for somebody else's money: insurer, association, general contractor, lender."),
        hold=Hold.DAYS,
        days=30,
        task=_("Ask whom they wait for and what that party needs."),
        next_attempt=_AFTER,
    ),
    Outcome(
        _D.OTHER_CONTACT,
        _("Somebody else pays the bills there."),
        hold=Hold.OWNER,
        task=_("Confirm the new contact; nobody is called before that."),
        next_attempt=_OWNER,
    ),
    Outcome(
        _D.DISTRUSTS_CALL,
        _("The customer does not trust the call."),
        hold=Hold.OWNER,
        calls_only=True,
        task=_("Get in touch yourself; the agent does not call again unless you say so."),
        next_attempt=_OWNER,
    ),
    Outcome(
        _D.WRITTEN_ONLY,
        _("The customer wants e-mail or mail instead of calls."),
        hold=Hold.OWNER,
        calls_only=True,
        task=_("Write to the customer; calls stay off for this customer."),
        next_attempt=_NEVER,
    ),
    Outcome(
        _D.OTHER_JOB,
        _("The customer has a complaint about another job, not tied to this payment."),
        hold=Hold.OWNER,
        task=_("Look into the other job."),
        next_attempt=_OWNER,
    ),
    Outcome(
        _D.IDENTITY_UNCONFIRMED,
        _("It was not certain that the right person was on the line."),
        hold=Hold.OWNER,
        calls_only=True,
        task=_("Get in touch yourself; the agent does not call again unless you say so."),
        next_attempt=_OWNER,
    ),
    Outcome(
        _D.VULNERABLE,
        _("A minor, a confused person, or an emergency."),
        hold=Hold.OWNER,
        task=_("A person should look at this account before anything else happens."),
        next_attempt=_OWNER,
    ),
    Outcome(
        _D.LANGUAGE,
        _("The customer speaks a language the agent does not."),
        hold=Hold.OWNER,
        calls_only=True,
        task=_("Offer an interpreter or write in the customer's language."),
        next_attempt=_OWNER,
    ),
    Outcome(
        _D.RECORDING_REFUSED,
        _("The customer does not want to be recorded."),
        hold=Hold.OWNER,
        calls_only=True,
        task=_("Write to the customer, or call in person without recording."),
        next_attempt=_OWNER,
    ),
    Outcome(_D.NO_ANSWER, _("Nobody answered, or nobody spoke.")),
    Outcome(_D.BUSY, _("The line was busy.")),
    Outcome(_D.FAILED, _("The carrier could not connect the call."), attempt=False),
    Outcome(_D.HUNG_UP, _("The person hung up before anything was agreed.")),
)

# Which holds keep calls away and leave alone what is written to the customer.
CALLS_ONLY = frozenset(row.disposition.value for row in _ROWS if row.calls_only)
OUTCOMES: dict[Disposition, Outcome] = {row.disposition: row for row in _ROWS}
