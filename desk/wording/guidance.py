"""What helps to work on a dispute, by what is wrong: plain words for whoever answers it. No law, no blame."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from disputes.track_models import Specification

Kind = Specification.Kind

GUIDANCE: dict[str, tuple[Any, ...]] = {
    Kind.SCOPE: (
        _("Look for the estimate, the change order or the message in which they said yes to this work, and by whom."),
        _("Say plainly which part was asked for and which was not. What nobody said yes to is best taken off."),
    ),
    Kind.AMOUNT: (
        _("Put the estimate beside the bill, line by line: price, quantity, tax."),
        _("If one line is wrong, a credit over that line settles it today. If the bill is right, show how it adds up."),
    ),
    Kind.QUALITY: (
        _("Ask for a photo, and offer a day on which somebody looks at it. A visit ends more of these than a letter."),
        _("Compare with what was agreed, not with what is usual. If it has to be done again, say when."),
    ),
    Kind.TERMS: (
        _("Look up the date, the warranty or the deposit in what both sides signed, and send them that page."),
        _("If it is due later, say so and put the date right in your books."),
    ),
    Kind.DUPLICATE: (
        _("Search your books for the same job, date or amount, and for a credit that was never applied."),
        _("Billed twice is ended by a credit memo, with one line that says you are sorry."),
    ),
    Kind.NOT_RECEIVED: (
        _("Look for the work order, the crew's day sheet or the delivery note, and who signed it."),
        _("If nobody was there, take it back at once. If somebody was, say when, and who opened the door."),
    ),
    Kind.IDENTITY: (
        _("Check who ordered it and to whom it was sent. A tenant is not the owner, and a namesake is a stranger."),
        _("If it is somebody else's, take it back here and write it to the one who ordered it."),
    ),
    Kind.PAID: (
        _("Look for the payment by date, check number and amount, also under another invoice or name."),
        _("Found: enter it in your books and thank them. Not found: ask for a copy, kindly."),
    ),
    Kind.OTHER: (
        _("Ring them, and ask one question: what would put it right? Then write down what they said."),
        _("Nobody can answer what was not said. Ask once more on their page before you decide."),
    ),
}
_OF_A_REASON = {"other_vague": Kind.OTHER}


def guidance_for(kind: str, reason: str) -> tuple[str, ...]:
    """For what they chose on their page, else for what was heard."""
    found = kind or _OF_A_REASON.get(reason, reason)
    return tuple(str(words) for words in GUIDANCE.get(found, GUIDANCE[Kind.OTHER]))
