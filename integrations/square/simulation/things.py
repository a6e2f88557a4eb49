"""What Square has beside the neutral objects of the books: places of business, and refunds as things of their own."""

from dataclasses import dataclass
from datetime import datetime

from integrations.simulation.entities import Payment, Refund
from integrations.square.simulation.values import Json


@dataclass(frozen=True, kw_only=True)
class Location:
    """One place of business; an inactive one keeps its old invoices."""

    id: str
    name: str
    zone: str
    street: str
    city: str
    state: str
    zip: str
    phone: str
    created_at: datetime
    active: bool = True


@dataclass(frozen=True)
class Returned:
    """A refund with the payment it came from."""

    id: str
    payment: Payment
    refund: Refund
    facts: Json  # reason, order, status where it is not COMPLETED, completes_at
