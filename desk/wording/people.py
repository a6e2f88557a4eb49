"""People and their numbers in words."""

from django.utils.translation import gettext as _

from invoices.models import Contact
from syntharra.templatetags.syntharra import phone


def phone_words(contact: Contact) -> str:
    """The number as people write it, or what is wrong with it."""
    if contact.phone_problem == "refused":
        return _("%(number)s, refused by the carrier") % {"number": phone(contact.phone or contact.phone_raw)}
    if contact.phone_problem == "unconnected":
        return _("%(number)s, which could not be connected") % {"number": phone(contact.phone or contact.phone_raw)}
    if contact.phone:
        return phone(contact.phone)
    match contact.phone_problem:
        case "unreadable":
            return _("“%(raw)s” is no number") % {"raw": contact.phone_raw}
        case "foreign":
            return _("%(raw)s, another country") % {"raw": contact.phone_raw}
    return _("no phone number")


def role_note(role: str) -> str:
    """Why somebody with this role is not called about money."""
    match role:
        case Contact.Role.SITE:
            return _("not called about money: there for the site")
        case Contact.Role.TENANT:
            return _("never contacted about money: lives or works there")
        case Contact.Role.APPROVER:
            return _("not called about money: approves work")
    return _("not called about money: nobody says that they pay the bills")
