"""What is to be written into the books, and where that stands, in words."""

from django.utils.translation import gettext as _

from integrations import problems
from integrations.abilities import Act
from integrations.models import Connection
from invoices.by_hand import ability_of, vendor_of
from invoices.models import BookEntry
from syntharra import money
from syntharra.templatetags.syntharra import moment_words

LOOKS = {
    BookEntry.Status.OWED: ("hourglass", "clock"),
    BookEntry.Status.BY_HAND: ("flag", "clock"),
    BookEntry.Status.DONE: ("circle-check", "recovered"),
    BookEntry.Status.REFUSED: ("circle-alert", "late"),
    BookEntry.Status.CANCELED: ("circle-dashed", "faint"),
}


def what_of(entry: BookEntry) -> str:
    """``Lower 2207 by $100.00``."""
    names = {"number": entry.invoice.number or entry.invoice.external_id, "vendor": vendor_of(entry)}
    match Act(entry.act):
        case Act.WRITE_OFF:
            return _("Write off what is left of %(number)s") % names
        case Act.NOTE:
            return _("Leave a note on %(number)s") % names
        case Act.REMINDERS if entry.on:
            return _("Turn the reminders of %(vendor)s on again for %(number)s") % names
        case Act.REMINDERS:
            return _("Turn off the reminders of %(vendor)s for %(number)s") % names
    amount = money.shown(money.of(entry.amount or 0, entry.currency))
    if Act(entry.act) is Act.RECEIVE:
        return _("Enter the card payment of %(amount)s on %(number)s") % {**names, "amount": amount}
    return _("Lower %(number)s by %(amount)s") % {**names, "amount": amount}


def state_of(entry: BookEntry) -> str:
    """Where it stands: to be written, yours, written, refused, no longer wanted."""
    if entry.status != BookEntry.Status.DONE or entry.ended_at is None:
        return str(entry.get_status_display())
    facts = {"when": moment_words(entry.ended_at), "who": entry.ended_by, "number": entry.number}
    if "@" in entry.ended_by:
        return _("Done by %(who)s, %(when)s") % facts
    if entry.number:
        return _("Written as %(number)s, %(when)s") % facts
    return _("Written, %(when)s") % facts


def why_of(entry: BookEntry) -> list[str]:
    """What is known beside the state: why it is not written yet, or what the books will show."""
    said: list[str] = []
    if entry.status == BookEntry.Status.OWED:
        ability = ability_of(entry)
        said += [str(ability.words)] if ability is not None else []
        if entry.invoice.connection.state != Connection.State.CONNECTED:
            said.append(_("Your books cannot be written to right now: it waits until they can."))
    elif entry.problem and entry.status in (BookEntry.Status.BY_HAND, BookEntry.Status.REFUSED):
        about = problems.about(entry.problem, vendor=vendor_of(entry))
        said.append(about.words)
        if entry.status == BookEntry.Status.REFUSED:
            said.append(_("Put it right in your books, then try again; or take it back."))
        if entry.problem_detail:
            said.append(_("In its own words: %(words)s") % {"words": entry.problem_detail})
    return said
