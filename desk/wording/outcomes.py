"""How a call ended, in two or three words with a shape; the longer sentence is the agent's own table of outcomes."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from calls.agent.outcomes import OUTCOMES, Disposition, Hold
from calls.models import Attempt, Call
from desk.wording.gate import against


class Ending(NamedTuple):
    """``state`` names the look; ``word`` is what a list shows; ``means`` is the sentence behind it."""

    state: str
    word: str
    means: str


_ENDINGS: dict[str, tuple[str, Promise]] = {
    "attorney_represented": ("stopped", _("Has a lawyer")),
    "bankruptcy": ("stopped", _("In bankruptcy")),
    "deceased": ("stopped", _("Has died")),
    "opt_out": ("stopped", _("Stop calling")),
    "dispute": ("frozen", _("Disputed")),
    "already_paid": ("paused", _("Says it is paid")),
    "wrong_number": ("stopped", _("Wrong number")),
    "not_right_party": ("ended", _("Somebody else")),
    "request_human": ("waiting", _("Wants a person")),
    "promise_to_pay": ("promised", _("Promised")),
    "pay_now": ("paid", _("Pays by link")),
    "needs_time_or_plan": ("waiting", _("Needs time")),
    "callback_request": ("planned", _("Call later")),
    "question_about_invoice": ("waiting", _("Has a question")),
    "abusive": ("ended", _("Hard words")),
    "voicemail_greeting": ("ended", _("Voicemail")),
    "other": ("ended", _("Spoke, no result")),
    "paused_unsure": ("paused", _("Not sure")),
    "copy_wanted": ("waiting", _("Wants a copy")),
    "paperwork_first": ("waiting", _("Paper first")),
    "waiting_for_payer": ("waiting", _("Waits for a payer")),
    "other_contact": ("waiting", _("Other contact")),
    "distrusts_call": ("waiting", _("Does not trust calls")),
    "written_only": ("stopped", _("In writing only")),
    "other_job": ("waiting", _("Another job")),
    "identity_unconfirmed": ("ended", _("Not sure who")),
    "vulnerable": ("stopped", _("A person should look")),
    "language": ("waiting", _("Another language")),
    "recording_refused": ("waiting", _("No recording")),
    "no_answer": ("ended", _("No answer")),
    "busy": ("ended", _("Busy")),
    "failed": ("ended", _("No connection")),
    "hung_up": ("ended", _("Hung up")),
}

_GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (
        _("About paying"),
        (
            *("pay_now", "promise_to_pay", "already_paid", "needs_time_or_plan"),
            *("waiting_for_payer", "paperwork_first", "copy_wanted"),
        ),
    ),
    (_("They disagree"), ("dispute", "paused_unsure", "other_job")),
    (
        _("Stops and limits"),
        (
            *("opt_out", "written_only", "attorney_represented", "bankruptcy", "deceased"),
            *("wrong_number", "vulnerable", "distrusts_call", "recording_refused"),
        ),
    ),
    (
        _("Something else"),
        (
            *("question_about_invoice", "callback_request", "request_human", "not_right_party", "other_contact"),
            *("identity_unconfirmed", "language", "abusive", "other", "hung_up"),
        ),
    ),
    (_("Nobody spoke"), ("no_answer", "voicemail_greeting", "busy", "failed")),
)

#: Of these we know that nobody spoke with us.
NOBODY_SPOKE = ("no_answer", "busy", "failed", "voicemail_greeting", "")


def ending(call: Call) -> Ending:
    """How this call ended; while it has not, where it is."""
    if call.disposition in _ENDINGS:
        state, word = _ENDINGS[call.disposition]
        return Ending(state, str(word), means(call.disposition))
    return _underway(call)


def short(disposition: str) -> str:
    """Two or three words for a disposition; empty for one nobody knows."""
    return str(_ENDINGS[disposition][1]) if disposition in _ENDINGS else ""


def grouped() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every outcome with its words, for a choice: those about paying first."""
    return [(str(name), [(code, short(code)) for code in codes]) for name, codes in _GROUPS]


def means(disposition: str) -> str:
    """The sentence for a disposition; empty for one nobody knows."""
    return gettext(OUTCOMES[Disposition(disposition)].means) if disposition in _ENDINGS else ""


def follows(disposition: str) -> str:
    """What we do after it, from the same table code acts on; empty for one nobody knows."""
    if disposition not in _ENDINGS:
        return ""
    row = OUTCOMES[Disposition(disposition)]
    if row.suppression:
        return gettext("From this moment nobody of ours calls them again.")
    match row.hold:
        case Hold.FROZEN:
            return gettext("Collecting stopped in that very turn. The invoice is frozen while this is open.")
        case Hold.PAUSED:
            return gettext("It is as quiet as a dispute until you say what it was.")
        case Hold.PAID_CHECK:
            return gettext("Nobody asks them again until you have looked for the payment.")
        case Hold.PROMISE:
            return gettext("We wait for the promise.")
        case Hold.DAYS if row.business_days:
            return ngettext("We wait %(n)d business day.", "We wait %(n)d business days.", row.days) % {"n": row.days}
        case Hold.DAYS:
            return ngettext("We wait %(n)d day.", "We wait %(n)d days.", row.days) % {"n": row.days}
        case Hold.UNTIL_DONE:
            return ngettext(
                "We wait until you have done it, and %(n)d business day more.",
                "We wait until you have done it, and %(n)d business days more.",
                row.days,
            ) % {"n": row.days}
        case Hold.OWNER if row.calls_only:
            return gettext("The agent does not call them again unless you say so. Writing to them stays open.")
        case Hold.OWNER:
            return gettext("Nothing happens by itself any more: it waits for you.")
    return gettext("The next attempt comes three days later at the earliest, on another weekday and hour.")


def task(disposition: str) -> str:
    """What it asks of the firm's own people; empty when nothing."""
    return gettext(OUTCOMES[Disposition(disposition)].task) if disposition in _ENDINGS and has_task(disposition) else ""


def has_task(disposition: str) -> bool:
    return bool(OUTCOMES[Disposition(disposition)].task)


def attempt_ending(attempt: Attempt) -> Ending:
    """The same for an attempt that never became a call: where it stands, or why it was not placed."""
    if attempt.status == Attempt.Status.ENDED:
        return Ending("refused", gettext("Not called"), not_placed(attempt.ended_because))
    return Ending(attempt.status, "", "")


def not_placed(because: str) -> str:
    """Why a planned call never reached anybody."""
    match because:
        case "called_off":
            return gettext("You called it off.")
        case "ended_by_member":
            return gettext("One of you ended it.")
        case "never_sent":
            return gettext("It was interrupted before the carrier was asked; a new one is planned.")
        case "lost":
            return gettext("The carrier never said what became of it, so it is not dialed again.")
        case "number_changed":
            return gettext("Its number is no longer that of somebody who pays the bills; a new call is planned.")
        case "callback_asked":
            return gettext("They rang and asked to be called at another time; that call is planned instead.")
        case "nothing_left":
            return gettext("Nothing was left to call about.")
        case _ if because.startswith("carrier_"):
            return gettext("The carrier did not take it.")
    return against(because)


def _underway(call: Call) -> Ending:
    """``call.attempt`` should be loaded: a call that we ended ourselves says why."""
    attempt = call.attempt if call.status in Call.OVER else None
    if attempt is not None and attempt.status == Attempt.Status.ENDED and attempt.ended_because:
        return Ending("ended", gettext("Ended by us"), not_placed(attempt.ended_because))
    match call.status:
        case Call.Status.QUEUED | Call.Status.RINGING:
            return Ending("dialing", gettext("Ringing"), gettext("Nobody has picked up yet."))
        case Call.Status.IN_PROGRESS:
            return Ending("live", "", gettext("They are speaking right now."))
        case Call.Status.BUSY:
            return Ending("ended", gettext("Busy"), means("busy"))
        case Call.Status.NO_ANSWER:
            return Ending("ended", gettext("No answer"), means("no_answer"))
        case Call.Status.FAILED | Call.Status.CANCELED:
            return Ending("ended", gettext("No connection"), means("failed"))
    return Ending("ended", "", gettext("The call is over; what came of it is being written down."))
