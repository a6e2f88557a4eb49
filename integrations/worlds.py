"""Two worlds that never meet: a sandbox business reaches only simulators, a live one only its vendor."""

from urllib.parse import urlsplit

from django.conf import settings

from integrations.errors import Refused


class WrongWorld(Refused):
    """An address of the other world, or of a stranger. Nothing was sent there."""

    usual_problem = "wrong_world"


def check(address: str, *, sandbox: bool, hosts: tuple[str, ...]) -> str:
    """The address itself when it lies in the right world: under ``hosts`` (or below one of them) for a live business.

    Raises WrongWorld.
    """
    asked, simulators = urlsplit(address), urlsplit(settings.SIMULATORS_URL)
    host = (asked.hostname or "").rstrip(".")
    is_vendors = any(host == known or host.endswith(f".{known}") for known in hosts)
    if sandbox:
        right = (asked.scheme, asked.netloc) == (simulators.scheme, simulators.netloc) and not is_vendors
    else:
        right = asked.scheme == "https" and is_vendors and asked.netloc != simulators.netloc and not asked.username
    if not right:
        world = "sandbox" if sandbox else "live"
        raise WrongWorld(f"a {world} business may not reach {asked.scheme}://{asked.hostname}")
    return address


def base(provider: str, *, sandbox: bool, live: str, hosts: tuple[str, ...]) -> str:
    """Where this vendor is: ``live``, or its simulator under SIMULATORS_URL. Raises WrongWorld."""
    address = f"{settings.SIMULATORS_URL}/{provider}" if sandbox else live.rstrip("/")
    return check(address, sandbox=sandbox, hosts=hosts)
