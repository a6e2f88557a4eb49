"""Whom letters about disputes go to, and how an address stands in them."""

from urllib.parse import urljoin

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import Membership, Role
from invoices.models import Contact, Customer
from syntharra.tenancy import current_business

TOLD = (Role.OWNER, Role.MANAGER)


def people() -> QuerySet[Membership]:
    """Who of the current business is told about disputes."""
    mine = Membership.objects.filter(business_id=current_business(), role__in=TOLD)
    return mine.select_related("user").order_by("created_at", "id")


def email_of(customer: Customer) -> str:
    """The billing contact's address, or empty."""
    billing = customer.contacts.filter(role=Contact.Role.BILLING).exclude(email="")
    return billing.order_by("rank").values_list("email", flat=True).first() or ""


def absolute(path: str) -> str:
    """An address as it stands in a letter."""
    return str(urljoin(settings.PUBLIC_URL + "/", path.lstrip("/")))
