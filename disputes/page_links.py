"""The customer's link to the page of his dispute: ended by the firm, and a new one sent to the address we have for him."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import User
from disputes import track_letters
from disputes.addresses import email_of, whose
from disputes.models import Dispute
from disputes.resolving import CannotResolve, held
from notifications import outbox
from syntharra import links

PURPOSE = "dispute"


@transaction.atomic(durable=True)
def renew(dispute_id: UUID, *, by: User) -> int:
    """End every link that leads to this dispute, also in letters about several, and owe a letter with a new one; how many ended.

    Raises CannotResolve where there is no e-mail address to send it to; then nothing has ended.
    """
    dispute, invoice = held(dispute_id)
    if dispute.closed_at is not None:
        raise CannotResolve(_("%(number)s is closed.") % {"number": dispute.number})
    if not email_of(whose(dispute, invoice)):
        raise CannotResolve(_("There is no e-mail address for them: a new link has nowhere to go."))
    ended = sum(links.revoke(PURPOSE, subject) for subject in _subjects(dispute))
    line = timeline.record(dispute, "link_renewed", by=by.email, ended=ended)
    outbox.owe(*track_letters.page_again(dispute, invoice, key=str(line.pk)))
    return ended


def _subjects(dispute: Dispute) -> list[UUID]:
    """A letter about several invoices has one link, and one from before a reopening leads to what is open now."""
    together = Dispute.objects.filter(claims__in=dispute.claims.all())
    before = Dispute.objects.filter(invoice=dispute.invoice_id)
    return list(dict.fromkeys([*together.values_list("pk", flat=True), *before.values_list("pk", flat=True)]))
