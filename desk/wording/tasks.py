"""What a call asks of the firm's own people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.wording.outcomes import task

_OTHERS: dict[str, Promise] = {
    "find_number": _("Find the right number: the carrier refused the one on file."),
    "send_copy": _("Send the customer a copy of the invoice."),
    "call_back_now": _("Call the customer back: they asked for a person."),
}

#: These have a line of their own on Today.
ELSEWHERE = ("dispute", "paused_unsure", "already_paid")


def task_words(code: str) -> str:
    """The task of this code as a sentence. One without words would be a gap of ours: it is shown as it is."""
    return task(code) or str(_OTHERS.get(code, code))
