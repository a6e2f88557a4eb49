"""Collecting stops for now, without a dispute: whatever line to this customer is open says no more of money and ends politely.

A row, like every stop that reaches up to a telephone (see ``calls.stops``): in the transaction that pauses or holds.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from notifications.outbox import Act

KIND = "stop_calls"


def lines(
    customer_id: UUID | None,
    *,
    key: str,
    because: str,
    about: Iterable[UUID] = (),
    source: str = "",
    number: str = "",
) -> Act:
    """The duty. ``because`` is a code of the gate; a line that ``source`` names ("call:<id>") is left alone: it was said there.

    ``about`` these invoices only, where given. Without a customer: every line of the business, or those to ``number``.
    """
    facts: dict[str, Any] = {"because": because, "politely": True, "source": source, "number": number}
    facts["invoices"] = [str(pk) for pk in about]
    return Act(kind=KIND, key=key[:120], facts=facts | ({"customer": str(customer_id)} if customer_id else {}))
