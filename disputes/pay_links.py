"""Where a customer pays: our page behind a signed link, which knows every way there is and stops when he disagrees."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.urls import reverse

from disputes.addresses import absolute
from integrations.stripe import connecting
from invoices.models import Invoice
from syntharra import links

PURPOSE = "pay"
LASTS = timedelta(days=60)


def is_payable(invoices: Sequence[Invoice]) -> bool:
    """Whether there is a way to pay these that a page can show: by card, at the books' own page, or in the firm's words."""
    if not invoices:
        return False
    return (
        all(invoice.pay_url for invoice in invoices)
        or bool(invoices[0].business.how_to_pay)
        or connecting.taking() is not None
    )


def path_to(customer_id: UUID, invoice_ids: Sequence[UUID], *, origin: str) -> str:
    """A new link to the page of these invoices of one customer, within the product. ``origin``: letter, dispute."""
    scope = {"invoices": [str(pk) for pk in invoice_ids], "from": origin}
    token = links.make(PURPOSE, customer_id, lasts=LASTS, scope=scope)
    return reverse("pay_page", args=[token])


def url_to(invoices: Sequence[Invoice]) -> str:
    """The same as it stands in a letter; "" where there is no way to pay."""
    if not is_payable(invoices):
        return ""
    return absolute(path_to(invoices[0].customer_id, [invoice.pk for invoice in invoices], origin="letter"))
