"""How the simulated Xero is set up: lifetimes, limits, and how strict it is."""

from dataclasses import dataclass

from integrations.simulation.config import SimConfig

SCOPES = frozenset(
    {
        "offline_access",
        "openid",
        "profile",
        "email",
        "accounting.contacts",
        "accounting.contacts.read",
        "accounting.settings",
        "accounting.settings.read",
        "accounting.invoices",
        "accounting.invoices.read",
        "accounting.payments",
        "accounting.payments.read",
        "accounting.banktransactions",
        "accounting.banktransactions.read",
        "accounting.attachments",
        "accounting.attachments.read",
        "accounting.budgets.read",
        "accounting.journals.read",
    }
)
BROAD_SCOPES = frozenset({"accounting.transactions", "accounting.transactions.read", "accounting.reports.read"})
"""Only for apps made before 2 March 2026."""


@dataclass(frozen=True, kw_only=True)
class XeroSimConfig(SimConfig):
    """One app on the vendor's platform; the limits are the published ones."""

    invoices: int = 3000
    second_invoices: int = 60
    code_seconds: float = 300
    access_seconds: float = 1800
    refresh_seconds: float = 60 * 86400
    """A refresh token nobody uses dies after 60 days; each use gives a new one."""
    grace_seconds: float = 1800
    """The old refresh token works that long after its replacement, for whoever lost the answer."""
    older_app: bool = False
    """Made before 2 March 2026: may still ask for the broad scopes."""
    missing_scope_status: int = 401
    """401 or 403: what a call without its scope is answered."""

    minute_limit: int = 60
    day_limit: int = 5000
    app_minute_limit: int = 10_000
    concurrent_limit: int = 5

    longest_query: int = 4096
    """Longer addresses are refused with 414: some fifty ids at a time is what is meant to be asked for."""
    idempotency_seconds: float = 86400
    """How long the answer to an Idempotency-Key is kept."""
    webhook_needs_intent: bool = False
    """Deliver nothing before the receiver passed the intent to receive (POST /_sim/webhooks/intent)."""
    webhook_lose_every: int = 0
    """Each n-th delivery is lost on the way: its sequence numbers are missing."""
