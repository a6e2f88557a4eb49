"""Whom letters about disputes go to, and how an address stands in them."""

from urllib.parse import urljoin

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import AlertPhone, Membership, Role, User
from disputes.models import Dispute
from invoices.models import Contact, Customer, Invoice
from syntharra.tenancy import current_business

TOLD = (Role.OWNER, Role.MANAGER)


def people() -> QuerySet[Membership]:
    """Who of the current business is told about disputes."""
    mine = Membership.objects.filter(business_id=current_business(), role__in=TOLD)
    return mine.select_related("user__alert_phone").order_by("created_at", "id")


def others_of() -> QuerySet[Membership]:
    """The other members of the current business: told only where nobody in charge can be reached."""
    rest = Membership.objects.filter(business_id=current_business(), user__is_active=True).exclude(role__in=TOLD)
    return rest.select_related("user").order_by("pk")


def phone_of(user: User) -> AlertPhone | None:
    """The telephone this person showed to be his own, or None."""
    phone: AlertPhone | None = getattr(user, "alert_phone", None)
    return phone if phone is not None and phone.verified_at is not None else None


def whose(dispute: Dispute, invoice: Invoice) -> Customer:
    """Who objected. The books may show the bill for another since, who said nothing and is told nothing of it."""
    return invoice.customer if invoice.customer_id == dispute.customer_id else dispute.customer


def email_of(customer: Customer) -> str:
    """The billing contact's address, or empty."""
    billing = customer.contacts.filter(role=Contact.Role.BILLING).exclude(email="")
    return billing.order_by("rank").values_list("email", flat=True).first() or ""


def written_to(customer: Customer) -> str:
    """Where what asks for no money goes: to the lawyer who acts for him, where there is one."""
    return customer.attorney_email or email_of(customer)


def absolute(path: str) -> str:
    """An address as it stands in a letter."""
    return str(urljoin(settings.PUBLIC_URL + "/", path.lstrip("/")))
