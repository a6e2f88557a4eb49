"""How a simulator is set up: accounts, numbers, speed, and how unfriendly it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SignWith = Literal["token", "secondary", "shared_key"]


@dataclass(frozen=True, slots=True)
class SharedKey:
    """A webhook signing key: the newer scheme, HMAC-SHA256 instead of the account's token and SHA-1."""

    key_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class SimNumber:
    """A phone number the account rents, and the addresses that are asked when somebody rings or texts it."""

    phone_number: str
    voice_url: str = ""
    voice_fallback_url: str = ""
    status_callback: str = ""
    sms_url: str = ""
    sms: bool = True


@dataclass(frozen=True, slots=True)
class SimAccount:
    """A Twilio account or subaccount. `calls_per_second` and `concurrent_calls` are its carrier limits.

    `elevenlabs`: it may speak with that provider's voices, the relay's default. `payment_connectors` exist only where somebody
    made them in the console. `status` is active, suspended or closed.
    """

    sid: str
    auth_token: str
    numbers: tuple[SimNumber, ...] = ()
    secondary_token: str = ""
    api_keys: Mapping[str, str] = field(default_factory=dict)
    verified_caller_ids: tuple[str, ...] = ()
    parent_sid: str = ""
    shared_key: SharedKey | None = None
    sign_with: SignWith = "token"
    calls_per_second: float = 1.0
    concurrent_calls: int | None = None
    relay_sessions: int | None = None
    elevenlabs: bool = True
    payment_connectors: tuple[str, ...] = ()
    friendly_name: str = ""
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Chaos:
    """How badly best-effort callbacks behave: shares between 0 and 1, and a delay in seconds of the call's clock."""

    duplicate: float = 0.0
    reorder: float = 0.0
    drop: float = 0.0
    delay_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CastMember:
    """Who answers at a number: a persona, and the name the person gives."""

    persona: str
    person: str = ""


AVA_ACCOUNT = SimAccount(
    sid="AC61455501990000000000000000000001",
    auth_token="61455501990000000000000000000001",  # noqa: S106 - the sandbox's own, opens nothing else
    numbers=(SimNumber("+16145550199"),),
)
RIVAL_ACCOUNT = SimAccount(
    sid="AC21655501990000000000000000000002",
    auth_token="21655501990000000000000000000002",  # noqa: S106 - the sandbox's own, opens nothing else
    numbers=(SimNumber("+12165550199"),),
)

SANDBOX_CAST: Mapping[str, CastMember] = {
    "+16145550101": CastMember("pays_by_link", "Marta Diaz"),
    "+16145550102": CastMember("promises", "Ben Oak"),
    "+16145550103": CastMember("disputes_plainly", "Ana Reyes"),
    "+16145550104": CastMember("disputes_without_the_word", "Lena Park"),
    "+16145550105": CastMember("already_paid", "Ben Ortiz"),
    "+16145550106": CastMember("wrong_number", "Joan Whitaker"),
    "+16145550107": CastMember("stop_calling", "Thu Nguyen"),
    "+16145550108": CastMember("voicemail", "Carl Webb"),
    "+16145550109": CastMember("no_answer", "Dana Cole"),
    "+16145550110": CastMember("hangs_up", "Ivan Petrov"),
    "+16145550111": CastMember("pays_by_link", "Ruth Hale"),
    "+16145550112": CastMember("promises", "Paul King"),
    "+16145550113": CastMember("promises", "Mia Frost"),
    "+16145550114": CastMember("asks_are_you_a_robot", "Luis Delgado"),
}


@dataclass(frozen=True, slots=True)
class TwilioSimConfig:
    """Everything a simulator is told at its start.

    `speed` divides every second of a call (1 = real time), `handset_speed` those of a call that a living person answers.
    `network_speed` does the same for the
    time limits of webhooks, which otherwise are the vendor's own real seconds, because our servers answer in real
    time. `tunnels` lead a public host to a local origin, as a reverse proxy would. For the same reason nobody on the line loses patience within `patience_floor` machine seconds, however
    fast the call runs. All of these can be changed later through `/_sim/config`.
    """

    accounts: tuple[SimAccount, ...] = (AVA_ACCOUNT, RIVAL_ACCOUNT)
    cast: Mapping[str, CastMember] = field(default_factory=lambda: dict(SANDBOX_CAST))
    default_persona: str = "promises"
    speed: float = 1.0
    network_speed: float = 1.0
    handset_speed: float = 1.0
    patience_floor: float = 2.0
    seed: int = 2010
    allow_plain_ws: bool = False
    strict_parameters: bool = True
    on_pay_url: str = ""
    api_base: str = "https://api.twilio.com"
    chaos: Chaos = field(default_factory=Chaos)
    idempotency_header: bool = True
    queue_limit_seconds: float = 86_400.0
    callable_countries: tuple[str, ...] = ("US",)
    line_types: Mapping[str, str] = field(default_factory=dict)
    reassigned: tuple[str, ...] = ()
    media_needs_auth: bool = True
    tunnels: Mapping[str, str] = field(default_factory=dict)
