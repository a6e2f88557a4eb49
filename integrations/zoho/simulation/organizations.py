"""The simulated organizations, their users and data centers."""

from dataclasses import dataclass

from integrations.zoho.simulation.config import ABROAD, AVAS_PLUMBING, CLOUDKEEP, HOME, KITA_TRADING, MADURAI_DESIGN


@dataclass(frozen=True, kw_only=True)
class Organization:
    """What the vendor knows of a firm beside its books."""

    id: str
    name: str
    contact: str
    user: str
    """Who signs in: consent is the user's, and covers every organization of that user."""
    data_center: str
    number: int
    """Makes its ids differ from those of others."""
    is_default: bool
    zone: str
    currency: str
    country: str
    firm: str = ""
    """The kit's history it is planted with; "" has one of its own."""


ORGANIZATIONS: tuple[Organization, ...] = (
    Organization(
        id=CLOUDKEEP,
        name="CloudKeep Software",
        contact="Priya Raman",
        user="priya@cloudkeep.example",
        data_center=HOME,
        number=1,
        is_default=True,
        zone="America/New_York",
        currency="USD",
        country="US",
        firm="saas",
    ),
    Organization(
        id=AVAS_PLUMBING,
        name="Ava's Plumbing",
        contact="Priya Raman",
        user="priya@cloudkeep.example",
        data_center=HOME,
        number=2,
        is_default=False,
        zone="America/Chicago",
        currency="USD",
        country="US",
        firm="plumber",
    ),
    Organization(
        id=MADURAI_DESIGN,
        name="Madurai Design Studio",
        contact="Kavin Selvam",
        user="kavin@maduraidesign.example",
        data_center=ABROAD,
        number=3,
        is_default=True,
        zone="Asia/Kolkata",
        currency="INR",
        country="IN",
    ),
    Organization(
        id=KITA_TRADING,
        name="Kita Trading KK",
        contact="Kavin Selvam",
        user="kavin@maduraidesign.example",
        data_center=ABROAD,
        number=4,
        is_default=False,
        zone="Asia/Tokyo",
        currency="JPY",
        country="JP",
    ),
)
BY_ID = {one.id: one for one in ORGANIZATIONS}


def of_user(user: str) -> list[Organization]:
    """The organizations a user may open."""
    return [one for one in ORGANIZATIONS if one.user == user]
