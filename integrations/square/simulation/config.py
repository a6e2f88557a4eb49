"""What the Square simulator is told at birth; most of it can be changed while it runs."""

from dataclasses import dataclass
from typing import Literal

from integrations.simulation.config import SimConfig

DENTAL_PRACTICE = "ML7SIM0000001"
LANDSCAPER = "ML7SIM0000002"

MAIN_LOCATION = "LSIM00000001"
SECOND_LOCATION = "LSIM00000002"
CLOSED_LOCATION = "LSIM00000003"
LANDSCAPER_LOCATION = "LSIM00000011"

SCOPES = frozenset(
    {
        "MERCHANT_PROFILE_READ",
        "MERCHANT_PROFILE_WRITE",
        "INVOICES_READ",
        "INVOICES_WRITE",
        "ORDERS_READ",
        "ORDERS_WRITE",
        "CUSTOMERS_READ",
        "CUSTOMERS_WRITE",
        "PAYMENTS_READ",
        "PAYMENTS_WRITE",
    }
)
READ_SCOPES = frozenset({"MERCHANT_PROFILE_READ", "INVOICES_READ", "ORDERS_READ", "CUSTOMERS_READ", "PAYMENTS_READ"})

API_VERSION = "2025-08-20"
NEWEST_API_VERSION = "2026-09-16"


@dataclass(frozen=True, kw_only=True)
class SquareSimConfig(SimConfig):
    """One registered application and how awkward Square is about it. Seconds are machine seconds, never the world's."""

    client_id: str = "sandbox-sq0idb-client"
    client_secret: str = "sandbox-sq0csb-secret"  # noqa: S105 - opens nothing but the sandbox
    application_token: str = "sandbox-sq0atb-application"  # noqa: S105 - opens nothing but the sandbox
    """The application's own access token: good for POST /v2/events over all its sellers, for nothing else here."""
    production: bool = False
    """True insists on session=false at the consent page, as production does."""
    second_invoices: int = 60
    second_currency: str = "USD"
    """The landscaper's currency: JPY and KWD show that cents are not hundredths everywhere."""

    code_seconds: float = 300
    access_token_seconds: float = 30 * 86_400
    short_lived_seconds: float = 86_400
    pkce_refresh_seconds: float = 90 * 86_400
    refusals_of_tokens: Literal["old", "new"] = "old"
    """How /oauth2/token refuses: {"message","type"} or {"errors":[…]}; both have been seen."""

    requests_per_second: int = 10
    """A seller; Square publishes no number."""
    rate_limit_retry_after: int | None = None
    """Square promises no Retry-After; with a number it is sent."""

    api_version: str = API_VERSION
    """The application's default where a call has no Square-Version header."""
    version_error: Literal["400", "409", "conflict"] = "400"
    """An old object version: 400 or 409 VERSION_MISMATCH, or 409 CONFLICT."""
    empty_pages: bool = False
    """True puts an empty page with a cursor before each further page of every listing."""
    search_lag_seconds: float = 0
    """How long a new or changed customer stays out of customer searches, in the world's time."""
    refund_pending_seconds: float = 0
    """How long a refund made through the API is PENDING, in the world's time."""

    webhook_key: str = "sim-square-signature-key"
    """The subscription's signature key; `webhook_url` is signed with the body, exactly as registered."""
    webhook_types: tuple[str, ...] = ()
    """Event types of the subscription; none means all."""
    webhook_batch_seconds: float = 0.05
    events_kept_days: int = 28
