"""How the owner writes something into his books himself: the steps, and where at the vendor they begin."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from integrations.abilities import Abilities, Ability, Act, abilities_of
from invoices.models import BookEntry


@dataclass(frozen=True)
class Door:
    """An address at the vendor, and what is there."""

    words: str
    url: str


def ability_of(entry: BookEntry) -> Ability | None:
    """How this vendor does it; None for one that has not said."""
    found = _abilities(entry)
    return found.acts.get(Act(entry.act)) if found else None


def vendor_of(entry: BookEntry) -> str:
    return str(entry.invoice.connection.get_provider_display())


def steps_of(entry: BookEntry) -> Sequence[str]:
    """The vendor's own steps; general ones where it said no to us only now, or where the way back is not described."""
    act, ability = Act(entry.act), ability_of(entry)
    if act is Act.REMINDERS and entry.on:
        return [_("Open the place where you turned them off."), _("Turn them on again for this invoice.")]
    if ability is not None and ability.steps:
        return [str(step) for step in ability.steps]
    opened = _("Open the invoice in %(vendor)s.") % {"vendor": vendor_of(entry)}
    match act:
        case Act.LOWER:
            return [opened, _("Give a credit over this amount and apply it to the invoice.")]
        case Act.WRITE_OFF:
            return [opened, _("Write off what is left of it as a bad debt.")]
        case Act.NOTE:
            return [opened, _("Copy the note to where only your staff sees it.")]
        case Act.RECEIVE:
            return [opened, _("Enter a payment over this amount, on the day it came in.")]
    return [opened, _("Turn its reminders off for this invoice.")]


def doors_of(entry: BookEntry) -> list[Door]:
    """Where it is done: the invoice, and for reminders their settings; as far as we know the addresses."""
    found, vendor = _abilities(entry), vendor_of(entry)
    if found is None:
        return []
    names = {"number": entry.invoice.number or entry.invoice.external_id, "vendor": vendor}
    doors = []
    address = found.invoice_link(entry.invoice.external_id, entry.invoice.connection.account)
    if address:
        doors.append(Door(_("Open %(number)s in %(vendor)s") % names, address))
    if Act(entry.act) is Act.REMINDERS and found.reminders_page:
        doors.append(Door(_("Open the reminders of %(vendor)s") % names, found.reminders_page))
    return doors


def _abilities(entry: BookEntry) -> Abilities | None:
    try:
        return abilities_of(entry.invoice.connection.provider)
    except ModuleNotFoundError:
        return None
