"""`/Accounts`: an account and its subaccounts, each with a token, numbers, limits and people of its own."""

from dataclasses import replace
from typing import Any

from integrations.twilio.simulation.clock import rfc2822
from integrations.twilio.simulation.config import SimAccount
from integrations.twilio.simulation.errors import bad_request, not_found
from integrations.twilio.simulation.paging import page_json
from integrations.twilio.simulation.render import account_path
from integrations.twilio.simulation.rest import Answer, Asked
from integrations.twilio.simulation.world import World

CREATE = frozenset({"FriendlyName"})
UPDATE = frozenset({"FriendlyName", "Status"})
_PARTS = {
    "addresses": "Addresses",
    "applications": "Applications",
    "authorized_connect_apps": "AuthorizedConnectApps",
    "available_phone_numbers": "AvailablePhoneNumbers",
    "calls": "Calls",
    "conferences": "Conferences",
    "connect_apps": "ConnectApps",
    "incoming_phone_numbers": "IncomingPhoneNumbers",
    "keys": "Keys",
    "messages": "Messages",
    "notifications": "Notifications",
    "outgoing_caller_ids": "OutgoingCallerIds",
    "queues": "Queues",
    "recordings": "Recordings",
    "signing_keys": "SigningKeys",
    "sip": "SIP",
    "transcriptions": "Transcriptions",
    "usage": "Usage",
}


class AccountsResource:
    def __init__(self, world: World) -> None:
        self.world = world

    def create(self, asked: Asked) -> Answer:
        """A subaccount of the one that asks. Subaccounts have none of their own."""
        parent = asked.account
        if parent.parent_sid:
            raise bad_request(20009, "A subaccount cannot have subaccounts")
        account = SimAccount(
            sid=self.world.sid("AC"),
            auth_token=self.world.sid(""),
            parent_sid=parent.sid,
            friendly_name=asked.fields.get("FriendlyName") or "SubAccount",
            elevenlabs=parent.elevenlabs,
        )
        self.world.add_account(account)
        return Answer(self._json(account), 201)

    def list(self, asked: Asked) -> Answer:
        """The account that asks and its subaccounts, newest first."""
        wanted = dict(asked.query)
        mine = [a for a in self.world.accounts.values() if asked.account.sid in {a.sid, a.parent_sid}]
        found = [a for a in reversed(mine) if wanted.get("Status", a.status) == a.status]
        found = [a for a in found if wanted.get("FriendlyName", a.friendly_name) == a.friendly_name]
        items = [self._json(account) for account in found]
        return Answer(page_json("accounts", items, path=asked.url_path, query=asked.query))

    def fetch(self, asked: Asked) -> Answer:
        return Answer(self._json(asked.account))

    def update(self, asked: Asked) -> Answer:
        """Another name, or suspended, active again, closed for good: a closed subaccount is not opened again."""
        account, fields = asked.account, asked.fields
        status = fields.choice("Status", {"active", "suspended", "closed"})
        if status and account.status == "closed":
            raise bad_request(20009, "A closed account cannot be changed")
        if status and not account.parent_sid:
            raise not_found(asked.url_path)
        changed = replace(
            account,
            status=status or account.status,
            friendly_name=fields.get("FriendlyName") or account.friendly_name,
            numbers=() if status == "closed" else account.numbers,
        )
        self.world.add_account(changed)
        return Answer(self._json(changed))

    def _json(self, account: SimAccount) -> dict[str, Any]:
        at, base = rfc2822(self.world.started_at), account_path(account.sid)
        return {
            "auth_token": account.auth_token,
            "date_created": at,
            "date_updated": at,
            "friendly_name": account.friendly_name or account.sid,
            "owner_account_sid": account.parent_sid or account.sid,
            "sid": account.sid,
            "status": account.status,
            "subresource_uris": {name: f"{base}/{path}.json" for name, path in _PARTS.items()},
            "type": "Full",
            "uri": f"{base}.json",
        }
