"""With which key, and where, the card processor is asked for a business. The secret key is the platform's own."""

from dataclasses import dataclass, field

from django.conf import settings

from integrations import worlds
from integrations.errors import Disconnected, Refused

LIVE_API, LIVE_CONNECT = "https://api.stripe.com", "https://connect.stripe.com"
HOSTS = ("stripe.com",)


@dataclass(frozen=True, slots=True)
class Keys:
    """The platform's secret key and client id, and where to ask."""

    secret: str = field(repr=False)
    client_id: str
    api: str
    connect: str


def is_set_up() -> bool:
    """Whether this installation has its keys: without them the firm's customers pay as its books let them."""
    return bool(settings.STRIPE_SECRET_KEY and settings.STRIPE_CLIENT_ID)


def keys_for(*, sandbox: bool) -> Keys:
    """A sandbox business asks the simulator only, a live one never. Raises Disconnected without keys, Refused for a test key."""
    if not is_set_up():
        raise Disconnected(
            "no card processor: set STRIPE_SECRET_KEY and STRIPE_CLIENT_ID", problem="connect_not_set_up"
        )
    if not sandbox and not settings.STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_")):
        raise Refused("a live business needs a live key of the card processor", code="test_key")
    return Keys(
        secret=settings.STRIPE_SECRET_KEY,
        client_id=settings.STRIPE_CLIENT_ID,
        api=worlds.base("stripe", sandbox=sandbox, live=LIVE_API, hosts=HOSTS),
        connect=worlds.base("stripe", sandbox=sandbox, live=LIVE_CONNECT, hosts=HOSTS),
    )
