"""What the Jobber simulator is told at birth; most of it can be changed while it runs."""

from dataclasses import dataclass
from typing import Literal

from integrations.jobber.simulation.ids import encoded
from integrations.simulation.config import SimConfig

LANDSCAPER_NUMBER, PLUMBER_NUMBER = 1204417, 1204533
LANDSCAPER = encoded("Account", LANDSCAPER_NUMBER)
PLUMBER = encoded("Account", PLUMBER_NUMBER)

SCOPES = ("read_clients", "write_clients", "read_invoices", "write_invoices", "read_jobber_payments")
READ_SCOPES = ("read_clients", "read_invoices", "read_jobber_payments")
LATEST_VERSION = "2026-05-12"
TOPICS = (
    "INVOICE_CREATE",
    "INVOICE_UPDATE",
    "INVOICE_DESTROY",
    "PAYMENT_CREATE",
    "PAYMENT_UPDATE",
    "PAYMENT_DESTROY",
    "CLIENT_CREATE",
    "CLIENT_UPDATE",
    "CLIENT_DESTROY",
    "APP_CONNECT",
    "APP_DISCONNECT",
)


@dataclass(frozen=True, kw_only=True)
class JobberSimConfig(SimConfig):
    """One app of the Developer Center and how awkward Jobber is about it. Seconds are machine seconds."""

    app_id: str = "3ef22a50-072d-430c-a78f-b7646657560b"
    app_name: str = "Syntharra"
    scopes: tuple[str, ...] = SCOPES
    """Set on the app in the Developer Center: an authorization cannot ask for others."""
    payment_scope: str = "read_jobber_payments"
    """The read scope of payment records; the vendor's name for it is not documented."""

    code_seconds: float = 600
    access_token_seconds: float = 3600
    refresh_token_rotation: bool = True
    """Off: the same refresh token comes back, with a `warning`. The old one dies at once when it is on."""
    tell_expires_in: bool = False
    """Jobber's answer may lack `expires_in`; the access token tells by its `exp`."""

    supported_versions: tuple[str, ...] = ("2025-04-16", "2026-03-10", LATEST_VERSION)
    unsupported_versions: tuple[str, ...] = ("2025-01-20",)
    """Past their support but still reachable: served with a warning."""
    removed_versions: tuple[str, ...] = ("2022-03-10", "2023-08-18")
    """Served by the oldest reachable version, with a warning."""
    expiring_versions: tuple[str, ...] = ()
    """Supported ones whose end is announced: served with a warning that names the day."""
    missing_version: Literal["error", "warning"] = "error"
    """The header is required: 400 without it. `warning` serves the oldest version instead."""

    most_points: int = 10_000
    points_per_second: int = 500
    calls_per_window: int = 2500
    window_seconds: float = 300
    throttled_tells_cost: bool = True
    most_rows: int = 100
    """A page never has more rows, whatever `first` says."""
    disconnected_as: Literal["401", "errors"] = "401"
    """How a call after the owner disconnected is told: by the status, or as a GraphQL error."""

    hour_of_days: int = 0
    """The hour, in the account's zone, of the instants that stand for a day (issuedDate, dueDate)."""
    payments_raw_negative: bool = True
    """rawAmount of a payment is below zero, of what takes it back above."""
    tax_after_discount: bool = False
    """True works the tax out anew on what is left after a discount, so that the total falls by more than the discount."""

    webhook_topics: tuple[str, ...] = TOPICS
    """Configured for the whole app in the Developer Center; they go to `webhook_url`."""
    webhook_misspelt: bool = False
    """`occuredAt`, as apps created before December 2023 get it."""
    webhook_local_times: bool = False
    """Times with the account's offset (-06:00) instead of Z."""
    webhook_most_failures: int = 20
    """So many failed deliveries in a row and an address is told nothing any more, without notice."""
