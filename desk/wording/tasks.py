"""What a call asks of the firm's own people."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk.wording.outcomes import task
from desk.wording.rules import zones
from syntharra.templatetags.syntharra import hour_words, phone, short_day

_OTHERS: dict[str, Promise] = {
    "find_number": _("Find the right number: the carrier refused the one on file."),
    "number_fails": _("Find the right number: three calls in a row to the one on file could not be connected."),
    "send_copy": _("Send the customer a copy of the invoice."),
    "post_notice": _("Print and post the notice the law requires; until then nobody calls this customer again."),
    "send_proof": _(
        "Send the customer the papers that show what they owe; until then nobody asks them for this money."
    ),
    "call_back_then": _("Call the customer back when they asked for it: our own calls about this are used up."),
    "call_back_now": _("Call the customer back: they asked for a person."),
}

#: These have a line of their own on Today.
ELSEWHERE = ("dispute", "paused_unsure", "already_paid")


_DETAILS: dict[str, Promise | str] = {
    "w9": "W-9",
    "certificate_of_insurance": _("certificate of insurance"),
    "lien_waiver": _("lien waiver"),
    "purchase_order": _("purchase order"),
    "portal": _("their portal"),
    "insurer": _("the insurer"),
    "association": _("the association"),
    "general_contractor": _("the general contractor"),
    "lender": _("the lender"),
    "email": _("by e-mail"),
    "text": _("by text message"),
    "mail": _("by mail"),
}


def task_words(code: str, facts: Mapping[str, Any] | None = None) -> str:
    """The task of this code as a sentence, with what the call told of it. One without words is shown as it is: a gap of ours."""
    words = task(code) or str(_OTHERS.get(code, code))
    told = particulars(facts or {})
    return f"{words} ({told})" if told else words


def particulars(facts: Mapping[str, Any]) -> str:
    """Which paper, whom to ask and where, which day: what was said on the call, in a few words."""
    found = [str(_DETAILS[facts["detail"]])] if facts.get("detail") in _DETAILS else []
    found += [str(facts["name"])] if facts.get("name") else []
    found += [phone(str(facts["phone"]))] if facts.get("phone") else []
    found += [str(facts["email"])] if facts.get("email") else []
    if facts.get("on"):
        on, at = date.fromisoformat(str(facts["on"])), facts.get("at")
        found.append(
            f"{short_day(on)}, {hour_words(datetime.combine(on, time.fromisoformat(str(at))))}" if at else short_day(on)
        )
        if at and facts.get("zone"):  # a time is meant on the clock of whoever named it
            found.append(gettext("%(place)s time") % {"place": zones([str(facts["zone"])])})
    return " · ".join(found)
