"""`/Messages`: create, fetch, list; and what becomes of a text."""

from collections.abc import Awaitable, Callable
from typing import Any

from integrations.twilio.simulation.checks import Fields
from integrations.twilio.simulation.config import SimAccount
from integrations.twilio.simulation.errors import TwilioError, bad_request, not_found
from integrations.twilio.simulation.numbers import MAGIC_FROM, MAGIC_PREFIX, country_of, is_e164
from integrations.twilio.simulation.paging import page_json
from integrations.twilio.simulation.parameters import text_status_fields
from integrations.twilio.simulation.render import message_json
from integrations.twilio.simulation.rest import Answer, Asked
from integrations.twilio.simulation.texts import TextMessage
from integrations.twilio.simulation.world import World

UPDATE = frozenset({"Body", "Status"})
CREATE = frozenset(
    [
        "To",
        "StatusCallback",
        "ApplicationSid",
        "MaxPrice",
        "ProvideFeedback",
        "Attempt",
        "ValidityPeriod",
        "ForceDelivery",
        "ContentRetention",
        "AddressRetention",
        "SmartEncoded",
        "PersistentAction",
        "TrafficType",
        "ShortenUrls",
        "ScheduleType",
        "SendAt",
        "SendAsMms",
        "ContentVariables",
        "RiskCheck",
        "From",
        "FallbackFrom",
        "MessagingServiceSid",
        "Body",
        "MediaUrl",
        "ContentSid",
    ]
)
BODY_LIMIT = 1600
STEP_SECONDS = 0.6
_MAGIC_TO = {"1": 21211, "2": 21612, "3": 21408, "4": 21610, "9": 21614}
_MAGIC_FROM = {"1": 21212, "7": 21606, "8": 21611}


class MessagesResource:
    def __init__(self, world: World) -> None:
        self.world = world
        self.arrived: Callable[[TextMessage], Awaitable[None]] | None = None  # whoever holds the telephone

    def create(self, asked: Asked) -> Answer:
        """Accept a text; it goes out, and arrives or not, after the answer."""
        fields, account = asked.fields, asked.account
        to, sender = fields.get("To"), fields.get("From")
        service = fields.get("MessagingServiceSid")
        self._check(fields, account, to, sender, service)
        now = self.world.clock.world_now()
        message = TextMessage(
            sid=self.world.sid("SM"),
            account_sid=account.sid,
            to=to,
            from_=sender or None,
            body=fields.get("Body"),
            direction="outbound-api",
            created_at=now,
            updated_at=now,
            status="accepted" if service else "queued",
            messaging_service_sid=service or None,
            status_callback=fields.url("StatusCallback", 21609),
            num_media=len(fields.all("MediaUrl")),
        )
        self.world.messages[message.sid] = message
        return Answer(message_json(message), 201, lambda: self.send(message))

    def fetch(self, asked: Asked) -> Answer:
        return Answer(message_json(self._find(asked)))

    def update(self, asked: Asked) -> Answer:
        """Redact the body (an empty one), or cancel what is scheduled."""
        message, fields = self._find(asked), asked.fields
        if fields.choice("Status", {"canceled"}):
            if message.status not in {"accepted", "scheduled"}:
                raise bad_request(30409, f"Message cannot be canceled in state {message.status}")
            message.status = "canceled"
        elif fields.has("Body") and fields.get("Body") == "":
            message.body = ""
        else:
            raise bad_request(20001, "Only an empty Body, or Status canceled, may be given")
        message.updated_at = self.world.clock.world_now()
        return Answer(message_json(message))

    def delete(self, asked: Asked) -> Answer:
        del self.world.messages[self._find(asked).sid]
        return Answer(None, 204)

    def list(self, asked: Asked) -> Answer:
        wanted = {name: value for name, value in asked.query if value}
        found: list[dict[str, Any]] = []
        for message in reversed(list(self.world.messages.values())):
            fits = message.account_sid == asked.account.sid
            fits = fits and wanted.get("To") in {None, message.to} and wanted.get("From") in {None, message.from_}
            if fits and _sent_on(message, wanted):
                found.append(message_json(message))
        return Answer(page_json("messages", found, path=asked.url_path, query=asked.query))

    def _find(self, asked: Asked) -> TextMessage:
        message = self.world.messages.get(asked.path["sid"])
        if message is None or message.account_sid != asked.account.sid:
            raise not_found(asked.url_path)
        return message

    def send(self, message: TextMessage) -> None:
        self.world.spawn(self._travel(message))

    async def _travel(self, message: TextMessage) -> None:
        """queued, sent, and its end, each told."""
        outcome = self.world.scenarios.texts.get(message.to)
        status, code = (outcome.status, outcome.error_code) if outcome else ("delivered", None)
        if message.status == "accepted":
            message.status = "queued"
            message.from_ = self.world.accounts[message.account_sid].numbers[0].phone_number
        for step in ("queued", "sent", status):
            if step == "sent" and status == "failed":
                continue
            await self.world.clock.sleep(STEP_SECONDS)
            message.status, message.updated_at = step, self.world.clock.world_now()
            if step == "sent":
                message.sent_at = message.updated_at
            if step == status:
                message.error_code = code
            self._tell(message)
            if step == status:
                if status == "delivered" and self.arrived is not None:
                    await self.arrived(message)
                return

    def _tell(self, message: TextMessage) -> None:
        if message.status_callback:
            self.world.tell(
                purpose=f"message {message.status}",
                account_sid=message.account_sid,
                key=message.sid,
                url=message.status_callback,
                params=text_status_fields(message),
            )

    def _check(self, fields: Fields, account: SimAccount, to: str, sender: str, service: str) -> None:
        if not to:
            raise bad_request(21604, "A 'To' phone number is required.")
        if not sender and not service:
            raise bad_request(21603, "A 'From' phone number is required.")
        self._check_to(to)
        if service and not account.numbers:
            raise bad_request(21703, "The Messaging Service contains no phone numbers.")
        if not service:
            self._check_from(account, to, sender)
        if not fields.get("Body") and not fields.all("MediaUrl"):
            raise bad_request(21602, "Message body is required.")
        if len(fields.get("Body")) > BODY_LIMIT:
            raise bad_request(21617, "The concatenated message body exceeds the 1600 character limit.")
        senders = [sender] if sender else [number.phone_number for number in account.numbers]
        if any((number, to) in self.world.opted_out for number in senders):
            raise bad_request(21610, "Attempt to send to unsubscribed recipient")

    def _check_to(self, to: str) -> None:
        if to.startswith(MAGIC_PREFIX) and to[-1] in _MAGIC_TO:
            raise bad_request(_MAGIC_TO[to[-1]], f"The 'To' number {to} cannot be sent to.")
        if not is_e164(to):
            raise bad_request(21211, f"Invalid 'To' Phone Number: {to}")
        if country_of(to) not in self.world.config.callable_countries:
            raise bad_request(21408, f"Permission to send an SMS has not been enabled for the region: {to}")

    def _check_from(self, account: SimAccount, to: str, sender: str) -> None:
        if sender.startswith(MAGIC_PREFIX) and sender[-1] in _MAGIC_FROM:
            raise bad_request(_MAGIC_FROM[sender[-1]], f"The 'From' number {sender} cannot send.")
        if sender == MAGIC_FROM:
            return
        number = self.world.number(account.sid, sender)
        if number is None or not number.sms:
            raise TwilioError(
                400, 21606, f"The From phone number {sender} is not a valid, SMS-capable phone number for your account."
            )


def _sent_on(message: TextMessage, wanted: dict[str, str]) -> bool:
    day = message.created_at.date().isoformat()
    return (
        wanted.get("DateSent", day) == day
        and day <= wanted.get("DateSent<", day)
        and day >= wanted.get("DateSent>", day)
    )
