"""What the simulated processor is told at birth: one platform, the accounts that may be connected, how awkward it is."""

from dataclasses import dataclass

AVAS_ACCOUNT = "acct_1AvasPlumbing01"
RIVAL_ACCOUNT = "acct_1RivalRooter001"
UNFINISHED_ACCOUNT = "acct_1NotFinished001"


@dataclass(frozen=True, slots=True)
class SimAccount:
    """Somebody's own account: what it is called, and whether it may take payments yet."""

    id: str
    name: str
    email: str
    charges_enabled: bool = True
    currency: str = "usd"
    country: str = "US"


SANDBOX_ACCOUNTS = (
    SimAccount(AVAS_ACCOUNT, "Ava's Plumbing", "ava@avasplumbing.example"),
    SimAccount(RIVAL_ACCOUNT, "Rival Rooter", "rex@rivalrooter.example"),
    SimAccount(UNFINISHED_ACCOUNT, "New account", "new@account.example", charges_enabled=False),
)


@dataclass(frozen=True, kw_only=True)
class StripeSimConfig:
    """Seconds are machine seconds. ``webhook_*`` are the habits of delivery: repeated, shuffled, late, wrongly signed, lost."""

    secret_key: str = "sk_test_sandbox"  # noqa: S105 - opens nothing but the sandbox
    client_id: str = "ca_sandbox"
    redirect_uris: tuple[str, ...] = ()
    accounts: tuple[SimAccount, ...] = SANDBOX_ACCOUNTS
    public_url: str = ""  # where it is reached, for the pages it sends people to; "": as each request says
    state_file: str = ""
    webhook_url: str = ""
    webhook_secrets: tuple[str, ...] = ("whsec_sandbox",)  # two while one is rotated: each signs
    webhook_repeat: int = 1
    webhook_shuffle: bool = False
    webhook_delay_seconds: float = 0
    webhook_wrong_signature: bool = False
    webhook_lost: tuple[str, ...] = ()  # events whose name begins so are never told of; "" loses all
    webhook_retry_seconds: tuple[float, ...] = (2, 10, 60, 300)
    seed: int = 1
