"""`/IncomingPhoneNumbers` and `/OutgoingCallerIds`: what an account may be called on, and show."""

import zlib
from dataclasses import replace
from typing import Any

from integrations.twilio.simulation.checks import Fields
from integrations.twilio.simulation.config import SimAccount, SimNumber
from integrations.twilio.simulation.errors import bad_request, not_found
from integrations.twilio.simulation.numbers import country_of, is_e164
from integrations.twilio.simulation.paging import page_json
from integrations.twilio.simulation.render import caller_id_json, number_json
from integrations.twilio.simulation.rest import Answer, Asked
from integrations.twilio.simulation.world import World

# What the vendor takes; what means something here is in `_ADDRESSES`, the rest is accepted and kept nowhere.
UPDATE = frozenset(
    [
        "AccountSid",
        "ApiVersion",
        "FriendlyName",
        "SmsApplicationSid",
        "SmsFallbackMethod",
        "SmsFallbackUrl",
        "SmsMethod",
        "SmsUrl",
        "StatusCallback",
        "StatusCallbackMethod",
        "VoiceApplicationSid",
        "VoiceCallerIdLookup",
        "VoiceFallbackMethod",
        "VoiceFallbackUrl",
        "VoiceMethod",
        "VoiceUrl",
        "EmergencyStatus",
        "EmergencyAddressSid",
        "TrunkSid",
        "VoiceReceiveMode",
        "IdentitySid",
        "AddressSid",
        "BundleSid",
    ]
)
CREATE = (UPDATE - {"AccountSid"}) | {"PhoneNumber", "AreaCode"}
_ADDRESSES = {
    "VoiceUrl": "voice_url",
    "VoiceFallbackUrl": "voice_fallback_url",
    "StatusCallback": "status_callback",
    "SmsUrl": "sms_url",
}
_BAD_URL = {"VoiceUrl": 21502, "VoiceFallbackUrl": 21502, "StatusCallback": 21502, "SmsUrl": 21502}


class NumbersResource:
    def __init__(self, world: World) -> None:
        self.world = world

    def list(self, asked: Asked) -> Answer:
        wanted = dict(asked.query).get("PhoneNumber", "").replace("*", "")
        found = [number for number in asked.account.numbers if wanted in number.phone_number]
        items = [self._json(asked.account, number) for number in found]
        return Answer(page_json("incoming_phone_numbers", items, path=asked.url_path, query=asked.query))

    def fetch(self, asked: Asked) -> Answer:
        return Answer(self._json(asked.account, self._find(asked)))

    def create(self, asked: Asked) -> Answer:
        """Rent a number: this one, or some one of an area code. Nobody else's, and no number twice."""
        fields = asked.fields
        wanted = fields.get("PhoneNumber") or self._of_area(fields.get("AreaCode"))
        if not is_e164(wanted):
            raise bad_request(21421, f"{wanted} is not a valid phone number")
        if self.world.owner_of(wanted) is not None or country_of(wanted) not in self.world.config.callable_countries:
            raise bad_request(21422, f"{wanted} is not available")
        number = _changed(SimNumber(wanted), fields)
        self._keep(asked.account, (*asked.account.numbers, number))
        return Answer(self._json(asked.account, number), 201)

    def update(self, asked: Asked) -> Answer:
        """Other addresses, or another account of the same family: `AccountSid` moves the number there."""
        number, owner = self._find(asked), asked.account
        changed = _changed(number, asked.fields)
        rest = tuple(other for other in owner.numbers if other is not number)
        target = asked.fields.get("AccountSid") or owner.sid
        if target == owner.sid:
            self._keep(owner, tuple(changed if other is number else other for other in owner.numbers))
            return Answer(self._json(owner, changed))
        receiver = self.world.accounts.get(target)
        if receiver is None or family(receiver) != family(owner):
            raise bad_request(21120, f"The account {target} cannot take this number")
        self._keep(owner, rest)
        self._keep(receiver, (*receiver.numbers, changed))
        return Answer(self._json(receiver, changed))

    def delete(self, asked: Asked) -> Answer:
        """Give a number back."""
        number = self._find(asked)
        self._keep(asked.account, tuple(other for other in asked.account.numbers if other is not number))
        return Answer(None, 204)

    def caller_ids(self, asked: Asked) -> Answer:
        wanted = dict(asked.query).get("PhoneNumber", "")
        items = [
            caller_id_json(self.world, asked.account, number, _caller_id_sid(number))
            for number in asked.account.verified_caller_ids
            if wanted in {"", number}
        ]
        return Answer(page_json("outgoing_caller_ids", items, path=asked.url_path, query=asked.query))

    def caller_id(self, asked: Asked) -> Answer:
        for number in asked.account.verified_caller_ids:
            if _caller_id_sid(number) == asked.path["sid"]:
                return Answer(caller_id_json(self.world, asked.account, number, asked.path["sid"]))
        raise not_found(asked.url_path)

    def _of_area(self, area_code: str) -> str:
        if len(area_code) != 3 or not area_code.isdigit():
            raise bad_request(21421, "PhoneNumber or AreaCode is required")
        for last in range(100, 200):
            number = f"+1{area_code}5550{last}"
            if self.world.owner_of(number) is None:
                return number
        raise bad_request(21452, f"No phone numbers found in area code {area_code}")

    def _keep(self, account: SimAccount, numbers: tuple[SimNumber, ...]) -> None:
        self.world.add_account(replace(self.world.accounts[account.sid], numbers=numbers))

    def _find(self, asked: Asked) -> SimNumber:
        for number in asked.account.numbers:
            if self.world.number_sids[number.phone_number] == asked.path["sid"]:
                return number
        raise not_found(asked.url_path)

    def _json(self, account: SimAccount, number: SimNumber) -> dict[str, Any]:
        return number_json(self.world, account, number)


def family(account: SimAccount) -> str:
    """The account at the head of it."""
    return account.parent_sid or account.sid


def _changed(number: SimNumber, fields: Fields) -> SimNumber:
    changes: dict[str, Any] = {}
    for name, own in _ADDRESSES.items():
        if fields.has(name):
            changes[own] = fields.url(name, _BAD_URL[name])
    return replace(number, **changes)


def _caller_id_sid(number: str) -> str:
    return f"PN{zlib.crc32(number.encode()):032x}"
