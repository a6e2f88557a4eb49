"""A member forwards what a customer wrote: it freezes the invoice whose number is in it, or asks which one it is.

The address is the business's own secret; whoever has it can freeze an invoice and nothing else. A sender who is no
member's known address opens nothing by himself: somebody of the firm chooses.
"""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts import timeline
from accounts.models import Membership
from disputes import files
from disputes.freeze import NewClaim
from disputes.mail_models import InboundMail
from disputes.models import Side
from disputes.services import open_dispute
from disputes.uploads import BadFile
from invoices.models import Invoice
from notifications import mail_reading
from syntharra.tenancy import current_business

BY = "syntharra"
_TOKENS = re.compile(r"[\w][\w\-/]{1,40}")
MOST_TOKENS = 5_000


def act(row: InboundMail) -> None:
    """Freeze what it names; without one clear answer it waits for somebody to choose."""
    invoices = named(row)
    if not invoices or not _is_member(row.sender) or row.heard.get("forged"):
        _wait(row)
        return
    claim = NewClaim(
        source="member",
        source_key=row.key,
        words=(row.words or row.whole)[:4000],
        said_at=row.came_at,
        by=row.sender,
        evidence={"mail": str(row.pk), "forwarded": True},
    )
    disputes = open_dispute(*(invoice.pk for invoice in invoices), claim=claim)
    refused = _take_files(row, disputes[0].pk)
    with transaction.atomic():
        InboundMail.objects.filter(pk=row.pk, outcome="").update(
            outcome=InboundMail.Outcome.DISPUTE, dispute=disputes[0], customer=disputes[0].customer_id,
            files_refused=refused,
        )  # fmt: skip
        timeline.record(row, "mail_understood", by=BY, outcome="dispute", waits=False)


def named(row: InboundMail) -> list[Invoice]:
    """The open invoices whose numbers stand in it, if they are all one customer's."""
    text = f"{row.subject}\n{row.whole}"
    said = {token.strip("-/") for token in _TOKENS.findall(text)[:MOST_TOKENS]}
    found = list(Invoice.objects.open().filter(number__in=said).order_by("due_on", "number"))
    return found if len({invoice.customer_id for invoice in found}) == 1 else []


def _is_member(sender: str) -> bool:
    return Membership.objects.filter(
        business_id=current_business(), user__email__iexact=sender, user__is_active=True
    ).exists()


@transaction.atomic
def _wait(row: InboundMail) -> None:
    InboundMail.objects.filter(pk=row.pk, outcome="").update(outcome=InboundMail.Outcome.TO_CHOOSE, waits=True)
    timeline.record(row, "mail_understood", by=BY, outcome="to_choose", waits=True)


def _take_files(row: InboundMail, dispute_id: object) -> int:
    from uuid import UUID

    from disputes.inbound import raw

    refused = 0
    for attached in mail_reading.read(raw(row)).files:
        try:
            files.take(
                UUID(str(dispute_id)), [SimpleUploadedFile(attached.name, attached.data)], side=Side.FIRM, by=row.sender
            )
        except BadFile:
            refused += 1
    return refused
