"""What a dispute taught: two questions answered by one tap when it has ended."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import timeline
from accounts.models import User
from disputes.models import Dispute

PAPER: dict[str, Any] = {
    "yes": gettext_lazy("Yes"),
    "no": gettext_lazy("No"),
    "unknown": gettext_lazy("We do not know"),
}
WRONG: dict[str, Any] = {
    "price": gettext_lazy("The price"),
    "talk": gettext_lazy("How we talked about it"),
    "workmanship": gettext_lazy("The work"),
    "paperwork": gettext_lazy("The paperwork"),
    "customer": gettext_lazy("The customer"),
    "nothing": gettext_lazy("Nothing"),
}
#: By field of the dispute: the question and its answers.
QUESTIONS: dict[str, tuple[Any, dict[str, Any]]] = {
    "had_paper": (gettext_lazy("Was there a signed estimate or change order?"), PAPER),
    "went_wrong": (gettext_lazy("What went wrong?"), WRONG),
}


class BadAnswer(ValueError):
    """No answer to this question, or the dispute is still open; the message says which."""


@transaction.atomic
def answer(dispute_id: UUID, *, question: str, value: str, by: User) -> Dispute:
    """Keep the answer; another tap changes it. Raises BadAnswer."""
    dispute = Dispute.objects.select_for_update(of=("self",), no_key=True).get(pk=dispute_id)
    if dispute.closed_at is None:
        raise BadAnswer(_("Answer this when the dispute has ended."))
    if question not in QUESTIONS or value not in QUESTIONS[question][1]:
        raise BadAnswer(_("Choose one of the answers."))
    if getattr(dispute, question) != value:
        Dispute.objects.filter(pk=dispute.pk).update(**{question: value})
        setattr(dispute, question, value)
        timeline.record(dispute, "closing_question", by=by.email, question=question, answer=value)
    return dispute
