"""What the Zoho Books simulator is told at birth; most of it can be changed while it runs."""

from dataclasses import dataclass
from typing import Literal

from integrations.simulation.config import SimConfig

HOME = "us"
"""Where every sign-in starts."""
ABROAD = "eu"
DATA_CENTERS = (HOME, ABROAD)

CLOUDKEEP = "10234695"
"""A software firm, the main organization; in the first data center, US dollars."""
AVAS_PLUMBING = "10234702"
"""A plumber's, of the same user as CLOUDKEEP."""
MADURAI_DESIGN = "20067788100"
"""An Indian studio in the second data center, rupees."""
KITA_TRADING = "20067788215"
"""A Japanese firm in the second data center, yen without decimals; same user as MADURAI_DESIGN."""

READ_SCOPES = (
    "ZohoBooks.settings.READ",
    "ZohoBooks.invoices.READ",
    "ZohoBooks.contacts.READ",
    "ZohoBooks.customerpayments.READ",
    "ZohoBooks.creditnotes.READ",
)
WRITE_SCOPES = ("ZohoBooks.creditnotes.CREATE", "ZohoBooks.invoices.CREATE")

STRANGER = "stranger"
"""As `forged_accounts_server` or `forged_api_domain`: the simulator's own endpoint that belongs to nobody."""


@dataclass(frozen=True, kw_only=True)
class ZohoSimConfig(SimConfig):
    """One registered client with "Multi DC" on, and how awkward the vendor is. Seconds are machine seconds."""

    client_id: str = "1000.SANDBOXCLIENT"
    webhook_key: str = "sandboxSecret123"
    """The owner's secret token: alphanumeric, 12 to 50 characters; "" sends without a signature."""

    code_seconds: float = 120
    access_token_seconds: float = 3600
    codes_per_window: int = 10
    refreshes_per_window: int = 10
    window_seconds: float = 600
    access_tokens_per_refresh_token: int = 15
    refresh_tokens_per_user: int = 20
    token_error_status: Literal[200, 400] = 200
    """The vendor's token endpoint answers its errors with 200; the body tells."""
    wrong_data_center_error: Literal["invalid_code", "invalid_client"] = "invalid_code"
    forged_accounts_server: str = ""
    """What the callback names instead of the true accounts server; "stranger" is the simulator's own trap."""
    forged_api_domain: str = ""
    """What the token endpoint names instead of the true api_domain; "stranger" too."""

    calls_per_minute: int = 100
    calls_per_day: int = 10_000
    calls_in_process: int = 10

    ids_as_integers: bool = False
    """Ids as the documentation prints them, not as live answers have them."""
    partly_paid_hides_lateness: bool = True
    """A late invoice that was paid in part says partially_paid; False says overdue. Both are seen."""
    left_organizations: tuple[str, ...] = ()
    """Organizations the user who consented does not belong to any more."""

    webhook_format: Literal["default", "raw", "form"] = "raw"
    """The whole object, only its id as JSON, or only its id as a form."""
    webhook_query: str = ""
    """Query parameters the owner added, as in an address: `a=1&b=2`."""
    webhook_modules: tuple[str, ...] = ("invoice",)
    """Which workflow rules the owner made: invoice, customer, payment, credit."""
    webhook_encoding: Literal["hex", "base64"] = "hex"
