"""Where the owner has a role: her own businesses, one she only helps to run, one whose client she is."""

from dataclasses import dataclass

from integrations.freshbooks.simulation.config import AGENCY, EMPLOYER, PLUMBER, SUPPLIER

IDENTITY_ID = 1234


@dataclass(frozen=True)
class Membership:
    """One role in one business."""

    role: str
    business_id: int
    name: str
    account: str | None
    city: str
    province: str


MEMBERSHIPS = (
    Membership("owner", 6543, "Fieldnote Creative", AGENCY, "Austin", "TX"),
    Membership("admin", 6544, "Quick Drain Plumbing", PLUMBER, "Denver", "CO"),
    Membership("business_employee", 7701, "Harbor Film Rentals", EMPLOYER, "Austin", "TX"),
    Membership("client", 8802, "Bright Ledger Bookkeeping", SUPPLIER, "Dallas", "TX"),
    Membership("owner", 6590, "Fieldnote Print Shop", None, "Austin", "TX"),
)
"""The last one was begun and never opened its books: no account id."""


def business_of(account: str) -> int:
    """The number of the business with this account."""
    return next(one.business_id for one in MEMBERSHIPS if one.account == account)
