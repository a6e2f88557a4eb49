"""What every simulator is told at birth; a vendor adds its own and most of it can be changed while it runs."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SimConfig:
    """One registered app and how awkward the vendor is about it. Seconds are machine seconds, never the world's."""

    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"  # noqa: S105 - opens nothing but the sandbox
    redirect_uris: tuple[str, ...] = ()
    """Compared letter by letter, as the vendors do; with none registered nobody can connect."""
    public_url: str | None = None
    """Where the simulator is reached from outside; None reads it from each request, mount point included."""
    seed: int = 1
    invoices: int = 3000
    """How many the big company has; its books are written when somebody first asks for them."""
    state_file: str | None = None
    """Where the world is kept between two starts, so that a restarted sandbox finds its connections and payments."""
    latency_seconds: float = 0

    webhook_url: str | None = None
    """Where a vendor with one address for the whole app posts to; subscriptions through an API are the vendor's own."""
    webhook_key: str = "sandbox-webhook-key"
    webhook_on: bool = True
    webhook_batch_seconds: float = 0.2
    """Changes within this time are handed to the vendor together."""
    webhook_delay_seconds: float = 0
    webhook_retry_scale: float = 1.0
    """1.0 is the vendor's own schedule; 0.01 makes ten seconds a tenth of a second."""
    webhook_repeat: int = 1
    """How often each acknowledged delivery is sent; 2 shows what a repeated delivery does."""
    webhook_shuffle: bool = False
    webhook_wrong_signature: bool = False
