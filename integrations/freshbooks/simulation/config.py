"""What the FreshBooks simulator is told at birth; most of it can be changed while it runs."""

from dataclasses import dataclass
from typing import Literal

from integrations.simulation.config import SimConfig

AGENCY = "6BApk"
PLUMBER = "Qz3Lm"
EMPLOYER = "Rt8Wd"
"""A business where our owner only works: the account exists, and is not hers to connect."""
SUPPLIER = "Vn4Hs"
"""A business whose client our owner is."""

READ_SCOPES = (
    "user:profile:read",
    "user:invoices:read",
    "user:clients:read",
    "user:payments:read",
    "user:credit_notes:read",
)
WRITE_SCOPES = (
    "user:credit_notes:write",
    "user:payments:write",
    "user:invoices:write",
    "user:clients:write",
)


@dataclass(frozen=True, kw_only=True)
class FreshBooksSimConfig(SimConfig):
    """One registered app and how awkward the vendor is about it.

    Redirect addresses are https, or on this machine, and without a query string. Webhooks go to callbacks registered
    through the API; a `webhook_url` is one more, for every event of every business, with `webhook_key` as its verifier.
    """

    scopes: tuple[str, ...] = READ_SCOPES + WRITE_SCOPES
    """What the app may ask for on its consent page."""
    code_seconds: float = 300
    access_token_seconds: float = 43_200
    refresh_token_seconds: float | None = None

    calls_per_window: int | None = 1000
    """The vendor publishes no number; None never throttles."""
    window_seconds: float = 60
    throttle_retry_after: int | None = None
    """Seconds in the Retry-After header of a 429; None leaves the header out, as the vendor does most of the time."""

    default_per_page: int = 15
    """15 and 30 were both seen when a list is asked for without per_page."""
    error_style: Literal["mixed", "old", "new"] = "mixed"
    """Accounting errors: mixed answers invoices and clients in the old shape, payments and credit notes in the newer."""
    errors_as_ok: bool = False
    """True answers errors of the old shape with HTTP 200, as the vendor sometimes does."""
    deleted_single: Literal["shown", "gone"] = "shown"
    """A deleted object asked for by id: with vis_state 1, or 404 with errno 1012."""
    credit_note_envelope: Literal["credit_note", "credit_notes"] = "credit_notes"
    """The key of a single credit note on a read; a write answers under the key it was sent."""
    unknown_search: Literal["refuse", "ignore"] = "refuse"
    lines_in_single: bool = False
    """A single object shows its lines without `include[]=lines` too."""
    sort_by_updated: bool = True
    """False refuses `sort=updated_asc`, which the vendor may not know everywhere."""
    overdue_lag_days: int = 1
    """How many days after the due date the vendor still says sent, viewed or partial."""
