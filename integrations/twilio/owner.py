"""The installation's own account at the carrier: it opens an account for each live business, and closes it."""

from dataclasses import dataclass, field

from twilio.rest import Client

from integrations.errors import Refused
from integrations.twilio import client as carrier
from integrations.twilio.keys import installation_keys

ACTIVE, CLOSED = "active", "closed"
NOT_FOUND = "20404"


@dataclass(frozen=True, slots=True)
class Subaccount:
    """An account the carrier opened for us."""

    sid: str
    token: str = field(repr=False)
    status: str = ACTIVE


class Owner:
    """Speaks for the operator. Raises Disconnected where no account of the operator's is set."""

    def __init__(self) -> None:
        keys = installation_keys()
        self._account = keys.account
        self._client: Client = carrier.sdk(keys, carrier.LIVE_ORIGIN)

    def open(self, label: str) -> Subaccount:
        """Ask for a new account, once. Unavailable: nobody knows whether there is one now; look with ``find``."""
        made = carrier.ask(lambda: self._client.api.v2010.accounts.create(friendly_name=label))
        return Subaccount(str(made.sid), str(made.auth_token), str(made.status))

    def find(self, label: str) -> list[Subaccount]:
        """The accounts of this name that are not closed, the oldest first."""
        listed = carrier.ask(lambda: self._client.api.v2010.accounts.list(friendly_name=label, limit=20))
        ours = [one for one in reversed(listed) if str(one.friendly_name) == label and str(one.status) != CLOSED]
        return [Subaccount(str(one.sid), str(one.auth_token), str(one.status)) for one in ours]

    def close(self, sid: str) -> None:
        """For good, with its numbers. An account that is closed already stays it."""
        if sid == self._account:
            raise Refused("the installation's own account is not closed from here", code="own")
        try:
            carrier.ask(lambda: self._client.api.v2010.accounts(sid).update(status=CLOSED))
        except Refused as error:
            if error.vendor_code != NOT_FOUND and self._status(sid) != CLOSED:
                raise

    def give_number(self, number: str, *, to: str) -> bool:
        """Move a number of the operator's own account into this one. False when the operator has no such number."""
        found = carrier.ask(lambda: self._client.incoming_phone_numbers.list(phone_number=number, limit=1))
        if not found:
            return False
        carrier.ask(lambda: self._client.incoming_phone_numbers(found[0].sid).update(account_sid=to))
        return True

    def _status(self, sid: str) -> str:
        return str(carrier.ask(lambda: self._client.api.v2010.accounts(sid).fetch().status))
