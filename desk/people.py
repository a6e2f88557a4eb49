"""Everybody at a customer: who is there for what, whether he is called about money, and why not."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from compliance.models import StopKind, Suppression
from desk.wording.people import phone_words, role_note
from invoices.models import Contact, Customer, RoleDecision


@dataclass(frozen=True)
class Person:
    """One number of one person, as the customer's page shows it. ``who`` names him again after his row was rewritten."""

    pk: UUID
    who: str
    name: str
    title: str
    role: str
    role_word: str
    phone: str
    email: str
    called: bool
    icon: str
    note: str
    decided: str


def people_of(customer: Customer, stops: Collection[Suppression]) -> list[Person]:
    """Those who pay the bills first, in the order in which they would be called. Three queries."""
    contacts = list(customer.contacts.order_by("rank", "pk"))
    contacts.sort(key=lambda one: _ORDER.index(Contact.Role(one.role)))
    first = next((one for one in contacts if one.role == Contact.Role.BILLING and one.phone), None)
    decided = dict(RoleDecision.objects.filter(customer=customer).values_list("person", "by"))
    consents = set(customer.consents.filter(revoked_at=None).values_list("number", flat=True))
    return [_person(one, customer, first, stops, consents, decided) for one in contacts]


_ORDER = [
    Contact.Role.BILLING,
    Contact.Role.APPROVER,
    Contact.Role.SITE,
    Contact.Role.TENANT,
    Contact.Role.OTHER,
]


def who(contact: Contact) -> str:
    return f"{contact.name}|{contact.phone_raw}"


def _person(
    contact: Contact,
    customer: Customer,
    first: Contact | None,
    stops: Collection[Suppression],
    consents: Collection[str],
    decided: dict[str, str],
) -> Person:
    against = _against(contact, customer, stops, consents)
    is_first = contact is first
    if contact.role != Contact.Role.BILLING:
        note = role_note(contact.role)
    elif not contact.phone:
        note = _("cannot be called: no number we can use")
    elif not is_first:
        note = _("pays the bills too; %(why)s") % {"why": against or _("next if the first number fails")}
    else:
        note = _("not called: %(why)s") % {"why": against} if against else _("the one we call about money")
    key = " ".join(contact.name.casefold().split()) or contact.phone or contact.phone_raw
    return Person(
        pk=contact.pk,
        who=who(contact),
        name=contact.name or _("no name"),
        title=contact.title,
        role=contact.role,
        role_word=contact.get_role_display(),
        phone=phone_words(contact),
        email=contact.email,
        called=is_first and not against,
        icon="phone" if contact.role == Contact.Role.BILLING and contact.phone and not against else "ban",
        note=note,
        decided=_("said by %(who)s") % {"who": decided[key[:200]]} if key[:200] in decided else "",
    )


def _against(contact: Contact, customer: Customer, stops: Collection[Suppression], consents: Collection[str]) -> str:
    """What keeps this number from being called, as far as one look tells."""
    calls = [one for one in stops if one.kind != StopKind.NO_EMAIL]
    stop = next((one for one in calls if one.number in ("", contact.phone)), None)
    if stop is not None:
        return stop.get_kind_display()
    if customer.never_call:
        return _("on your list of customers who are never called")
    return "" if contact.phone in consents else _("no consent on record for this number")
