"""Zoho's data centres: each has its own accounts server and API, and nothing of one works in another.

Which one a company lives in comes back through the browser, where anybody may change it, and in the answer with the tokens.
Both are looked up here and never followed: what is not in this table is a stranger, and our secret does not go there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from integrations import worlds
from integrations.worlds import WrongWorld

HOME = "us"
"""Where every sign-in starts; theirs leads on to the centre of the company."""


@dataclass(frozen=True, slots=True)
class Centre:
    name: str
    accounts: str
    api: str


_LIVE = (
    Centre("us", "https://accounts.zoho.com", "https://www.zohoapis.com"),
    Centre("eu", "https://accounts.zoho.eu", "https://www.zohoapis.eu"),
    Centre("in", "https://accounts.zoho.in", "https://www.zohoapis.in"),
    Centre("au", "https://accounts.zoho.com.au", "https://www.zohoapis.com.au"),
    Centre("jp", "https://accounts.zoho.jp", "https://www.zohoapis.jp"),
    Centre("ca", "https://accounts.zohocloud.ca", "https://www.zohoapis.ca"),
    Centre("cn", "https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn"),
    Centre("sa", "https://accounts.zoho.sa", "https://www.zohoapis.sa"),
    Centre("uk", "https://accounts.zoho.uk", "https://www.zohoapis.uk"),
)
APIS = frozenset(one.api for one in _LIVE)
_HOSTS = tuple(address.removeprefix("https://") for one in _LIVE for address in (one.accounts, one.api))


def centres(*, sandbox: bool) -> tuple[Centre, ...]:
    """All there are in this world. Raises WrongWorld when the simulators are set up at one of the vendor's addresses."""
    if not sandbox:
        return _LIVE
    base = worlds.check(f"{settings.SIMULATORS_URL}/zoho", sandbox=True, hosts=_HOSTS)
    return tuple(Centre(one.name, f"{base}/{one.name}/accounts", f"{base}/{one.name}/api") for one in _LIVE)


def home(*, sandbox: bool) -> Centre:
    return centres(sandbox=sandbox)[0]


def signed_in_at(said: Mapping[str, str], *, sandbox: bool) -> Centre:
    """The centre the browser came back from. Raises WrongWorld for an address of anybody else."""
    address = said.get("accounts-server", "")
    if address:
        return _known(address, [(one.accounts, one) for one in centres(sandbox=sandbox)])
    location = said.get("location", "") or HOME
    return _known(location, [(one.name, one) for one in centres(sandbox=sandbox)])


def api_at(address: str, *, sandbox: bool) -> Centre:
    """The centre with this API. Raises WrongWorld for an address of anybody else."""
    return _known(address, [(one.api, one) for one in centres(sandbox=sandbox)])


def accounts_at(address: str, *, sandbox: bool) -> Centre:
    """The centre with this accounts server. Raises WrongWorld for an address of anybody else."""
    return _known(address, [(one.accounts, one) for one in centres(sandbox=sandbox)])


def _known(said: str, known: list[tuple[str, Centre]]) -> Centre:
    """By exact words: nothing is read into an address that somebody else may have written."""
    for word, centre in known:
        if said.removesuffix("/") == word:
            return centre
    raise WrongWorld(_("This is no address of Zoho. Nothing was sent there."))
