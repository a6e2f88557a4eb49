"""What a firm is made of: what it sells, to whom, at which prices and terms."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """A line on its invoices; the price lies between two amounts in cents, on a step of cents."""

    item: str
    description: str
    low: int
    high: int
    step: int = 500
    quantities: tuple[str, ...] = ("1",)
    taxable: bool = False


@dataclass(frozen=True, kw_only=True)
class Firm:
    """Shares are of 1; terms are days for consumers and for companies."""

    services: tuple[Service, ...]
    states: tuple[str, ...]
    companies: float
    company_kinds: tuple[str, ...]
    """What follows the first word of a company's name."""
    roles: tuple[str, ...]
    """Of the people at a company; the first is who pays."""
    home_roles: tuple[str, ...] = ()
    """Of further people at a consumer's."""
    consumer_terms: tuple[int, ...] = (0, 15)
    company_terms: tuple[int, ...] = (15, 30, 30, 45, 60)
    sites: float = 0.0
    """Of companies with customers beneath them: job sites, matters, properties."""
    site_names: tuple[str, ...] = ()
    lines: tuple[int, ...] = (1, 1, 2, 3)
    invoices_per_customer: int = 6
    recurring: float = 0.0
    """Of customers billed the same every month."""
    tax: str = ""
    """Rate on what is taxable; none where empty."""
    methods: tuple[str, ...] = ("check", "card", "ach", "cash", "transfer")
    estimates: str = ""
    """Prefix of the numbers of estimates, quotes or jobs."""
    memos: tuple[str, ...] = ("Thank you for your business.",)
    comments: tuple[str, ...] = ("Left voicemail 3/2, says check is in the mail.",)
    credit_reasons: tuple[str, ...] = ("Goodwill",)
