"""The record of acts in sentences: what was done, with a shape."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Act(NamedTuple):
    icon: str
    words: Promise | str
    tone: str = ""


ACTS: dict[str, Act] = {
    "started": Act("building-2", _("Started this business")),
    "connected": Act("plug", _("Connected the books")),
    "disconnected": Act("unplug", _("Disconnected the books"), "late"),
    "synced": Act("refresh-cw", _("Read the books")),
    "stopped_all_calls": Act("octagon-x", _("Stopped all calls"), "late"),
    "let_calls_go_on": Act("play", _("Let calls go on")),
    "switched_to_automatic": Act("phone", _("Let calls go out without asking each time")),
    "attested_consent": Act("shield-check", _("Stated why these customers may be called")),
    "consent_recorded": Act("shield-check", _("Recorded a consent")),
    "approved_call": Act("check", _("Approved a call")),
    "called_off": Act("x", _("Called off a planned call")),
    "dialed": Act("phone-call", _("Dialed")),
    "froze": Act("snowflake", _("Froze an invoice: they disagree"), "frozen"),
    "claim_added": Act("quote", _("Added to a dispute"), "frozen"),
    "said_more": Act("quote", _("Said more about a dispute"), "frozen"),
    "answered_for_others": Act("circle-question-mark", _("Answered about the other invoices")),
    "released": Act("check", _("Ended a dispute as a false alarm")),
    "paused_unsure": Act("circle-pause", _("Paused an invoice: not sure whether they disagree"), "frozen"),
    "paused_already_paid": Act("circle-pause", _("Paused an invoice: they say it is paid"), "frozen"),
    "pause_ended": Act("play", _("Ended a pause")),
    "put_on_hold": Act("hourglass", _("Put an invoice on hold"), "clock"),
    "lifted_hold": Act("play", _("Lifted a hold")),
    "left_to_your_decision": Act("flag", _("Left an invoice to your decision after three calls"), "clock"),
    "stopped": Act("octagon-x", _("Recorded a stop: this customer is not contacted"), "late"),
    "task_done": Act("check", _("Did what a call asked for")),
    "recovered": Act("banknote", _("Recovered money"), "recovered"),
    "fee_booked": Act("banknote", _("Booked our fee")),
    "fee_reversed": Act("undo-2", _("Took our fee back")),
}


def act(verb: str) -> Act:
    """The act of a verb; letters share one sentence; a verb without one is shown in its own words."""
    if verb in ACTS:
        return ACTS[verb]
    if verb.startswith("sent_"):
        return Act("mail", _("Sent a letter: %(name)s") % {"name": _plain(verb.removeprefix("sent_"))})
    if verb.startswith("failed_"):
        return Act("mail", _("A letter failed: %(name)s") % {"name": _plain(verb.removeprefix("failed_"))}, "late")
    return Act("circle", _plain(verb).capitalize())


SHOWN = ("invoice", "number", "reason", "words", "why", "wording", "amount", "outcome", "task")


def detail(facts: Mapping[str, Any]) -> str:
    """What a reader wants of the facts, in one line."""
    return " · ".join(str(facts[name]) for name in SHOWN if facts.get(name) not in (None, "", [], {}))


def _plain(name: str) -> str:
    return name.replace("_", " ")
