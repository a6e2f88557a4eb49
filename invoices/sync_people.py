"""Who is at a customer beside those who pay the bills; and what a member said about somebody, which the books never undo."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction

from accounts import timeline
from accounts.models import User
from invoices.changes import receivables_changed
from invoices.models import Contact, Customer, RoleDecision
from invoices.phones import FROM_PARENT, OURS, Reach
from invoices.services import hold_customer
from invoices.sync_reading import Reading
from syntharra import clock


def decided(customers: Iterable[UUID]) -> Mapping[UUID, Mapping[str, str]]:
    """What members said, by customer and person."""
    found: dict[UUID, dict[str, str]] = defaultdict(dict)
    rows = RoleDecision.objects.filter(customer__in=list(customers))
    for customer, person, role in rows.values_list("customer_id", "person", "role"):
        found[customer][person] = role
    return found


def reach_of(row: Contact) -> Reach:
    return Reach(row.name, row.email, row.phone, row.phone_raw, row.phone_kind, row.phone_problem, row.role, row.title)


def write_others(reading: Reading, should: Mapping[UUID, list[Reach]]) -> None:
    """Exactly these people who are not called about money. Unchanged customers are not touched."""
    now: dict[UUID, list[Reach]] = defaultdict(list)
    rows = Contact.objects.filter(customer__in=list(should), rank__lt=OURS).exclude(role=Contact.Role.BILLING)
    for row in rows.order_by("customer", "role", "rank"):
        now[row.customer_id].append(reach_of(row))
    changed = {pk: people for pk, people in should.items() if now[pk] != _in_order(people)}
    if not changed:
        return
    rows.filter(customer__in=list(changed)).delete()
    reading.written += len(
        Contact.objects.bulk_create(
            _contact(pk, reach, rank) for pk, people in changed.items() for rank, reach in _ranked(people)
        )
    )


@transaction.atomic
def decide_role(contact_id: UUID, role: str, *, by: User) -> Contact:
    """A member says what somebody is there for: from now on, whatever the books say. Raises ValueError for no role.

    Said of one number it holds for the person: all numbers of that name at this customer move together. Of a number
    that is the parent's it holds for the number: whose name stands beside it may change.
    """
    role = Contact.Role(role).value
    customer = hold_customer(Contact.objects.values_list("customer_id", flat=True).get(pk=contact_id))
    contact = Contact.objects.get(pk=contact_id)
    name = "" if contact.phone_kind == FROM_PARENT else contact.name
    person = " ".join(name.casefold().split()) or contact.phone or contact.phone_raw
    RoleDecision.objects.update_or_create(
        customer=customer, person=person[:200], defaults={"role": role, "by": by.email, "at": clock.now()}
    )
    _move(customer, name, contact_id, role)
    timeline.record(customer, "decided_role", by=by.email, person=contact.name or contact.phone_raw, role=role)
    receivables_changed()
    # Books may name somebody twice with one number: as the main contact and among the others.
    same = Contact.objects.filter(customer=customer, phone_raw=contact.phone_raw, name=contact.name, role=role)
    return same.order_by("rank")[0]


def _move(customer: Customer, name: str, contact_id: UUID, role: str) -> None:
    """Those of this name first among their new role, everybody else behind in the order of before.

    Whom no books name (a customer gave the name on the phone) stands behind those of the books in every role.
    """
    ours = Contact.objects.filter(customer=customer, rank__gte=OURS)
    if ours.filter(pk=contact_id).exists():
        last = ours.filter(role=role).order_by("-rank").values_list("rank", flat=True).first()
        ours.filter(pk=contact_id).exclude(role=role).update(role=role, rank=OURS if last is None else last + 1)
        return
    rows = list(Contact.objects.filter(customer=customer, rank__lt=OURS).order_by("role", "rank"))
    moving = [row for row in rows if row.pk == contact_id or (name and row.name == name)]
    order = [*moving, *(row for row in rows if row not in moving)]
    Contact.objects.filter(pk__in=[row.pk for row in rows]).delete()
    people = [(role if row in moving else row.role, reach_of(row)) for row in order]
    ranks: dict[str, int] = defaultdict(int)
    fresh = []
    for new_role, reach in people:
        fresh.append(_contact(customer.pk, reach, ranks[new_role], role=new_role))
        ranks[new_role] += 1
    Contact.objects.bulk_create(fresh)


def _in_order(people: Iterable[Reach]) -> list[Reach]:
    return [reach for _rank, reach in _ranked(people)]


def _ranked(people: Iterable[Reach]) -> list[tuple[int, Reach]]:
    """By role, ranked within it in the order of the books."""
    by_role: dict[str, list[Reach]] = defaultdict(list)
    for reach in people:
        by_role[reach.role].append(reach)
    return [(rank, reach) for role in sorted(by_role) for rank, reach in enumerate(by_role[role])]


def _contact(customer: UUID, reach: Reach, rank: int, *, role: str = "") -> Contact:
    return Contact(
        customer_id=customer,
        role=role or reach.role,
        rank=rank,
        name=reach.name[:200],
        title=reach.title,
        email=reach.email,
        phone=reach.phone,
        phone_raw=reach.raw[:60],
        phone_kind=reach.kind,
        phone_problem=reach.problem,
    )
