"""What the QuickBooks simulator is told at birth; most of it can be changed while it runs."""

from dataclasses import dataclass
from typing import Literal

AVAS_PLUMBING = "9341450000000001"
RIVAL_ROOTER = "9341450000000002"
SCOPE = "com.intuit.quickbooks.accounting"


@dataclass(frozen=True, kw_only=True)
class QuickBooksSimConfig:
    """One registered app and how awkward the vendor is about it. Seconds are machine seconds, never the world's."""

    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"  # noqa: S105 - opens nothing but the sandbox
    redirect_uris: tuple[str, ...] = ()
    """Compared letter by letter, as the vendor does; with none registered nobody can connect."""
    public_url: str | None = None
    """Where the simulator is reached from outside; None reads it from each request, mount point included."""
    seed: int = 1
    state_file: str | None = None
    """Where the world is kept between two starts, so that a restarted sandbox finds its connections and payments."""

    code_seconds: float = 300
    access_token_seconds: float = 3600
    refresh_token_seconds: float = 8_726_400
    hard_limit_seconds: float = 5 * 365 * 86_400
    rotate_after_seconds: float = 86_400
    """Age at which a refresh replaces the refresh token; 0 replaces it every time."""
    previous_token_grace_seconds: float = 60

    calls_per_minute: int = 500
    concurrent_calls: int = 10
    throttle_status: Literal[403, 429] = 429
    throttle_format: Literal["json", "xml"] = "json"
    throttle_retry_after: int | None = None
    latency_seconds: float = 0

    refuse_old_minorversion: bool = False
    """True answers a fault where minorversion is missing or below 75; False serves 75, as the vendor does."""
    currency_ref: bool = True
    """False leaves CurrencyRef out of every object, as books without multicurrency may."""
    auto_apply_credit: bool = False
    void_answers_with_old_amounts: bool = True
    """The immediate answer to a void still shows the amounts as they were; only a second read shows zeros."""

    webhook_url: str | None = None
    webhook_format: Literal["cloudevents", "old", "both"] = "cloudevents"
    verifier_token: str = "sandbox-verifier-token"  # noqa: S105 - opens nothing but the sandbox
    webhook_batch_seconds: float = 0.2
    """Changes within this time leave in one delivery, whichever companies they belong to."""
    webhook_retry_scale: float = 1.0
    """1.0 is the vendor's own schedule (10 s, 20 s, 30 s, 5 min, ...); 0.01 makes 10 s a tenth of a second."""
    webhook_repeat: int = 1
    """How often each acknowledged delivery is sent; 2 shows what a repeated delivery does."""
    webhook_delay_seconds: float = 0
