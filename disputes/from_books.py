"""A vendor's own disputed mark, and a card chargeback it tells of: a reason to stop, found where the books were read."""

from datetime import timedelta

from django.utils.translation import gettext as _

from disputes.freeze import NewClaim
from disputes.models import Claim
from disputes.services import open_dispute
from invoices.changes import MARKS
from invoices.models import Invoice
from syntharra import clock, due, logs
from syntharra.tenancy import current_business

log = logs.get(__name__)


def open_marked() -> int:
    """Open a dispute about every open invoice the books mark as disputed, once for each; how many. Safe to repeat.

    What the owner has released stays released: the mark in the books alone does not raise it again.
    """
    due.settle(MARKS, current_business())  # before looking: what comes in meanwhile is due again
    marked = Invoice.objects.open().filter(disputed_in_books=True, frozen_at=None).select_related("connection")
    known = set(Claim.objects.filter(source=Claim.Source.VENDOR).values_list("source_key", flat=True))
    opened = 0
    for invoice in marked.order_by("pk"):
        key = f"books:{invoice.pk}"
        if key in known:
            continue
        vendor = str(invoice.connection.get_provider_display())
        words = _("%(vendor)s marks this invoice as disputed (%(status)s).")
        said = words % {"vendor": vendor, "status": invoice.vendor_status or "-"}
        open_dispute(invoice.pk, claim=NewClaim(source=Claim.Source.VENDOR, source_key=key, words=said, by=vendor))
        opened += 1
    return opened


def again_soon() -> None:
    """Looking broke off: look again in a minute."""
    due.note(MARKS, current_business(), at=clock.now() + timedelta(minutes=1))
