"""What comes from outside: people who ring or text our customer's numbers."""

import xml.etree.ElementTree as ElementTree
from typing import Any

from integrations.twilio.simulation.config import SimNumber
from integrations.twilio.simulation.engine import CallEngine
from integrations.twilio.simulation.errors import ControlError
from integrations.twilio.simulation.numbers import is_e164
from integrations.twilio.simulation.parameters import inbound_text_fields
from integrations.twilio.simulation.personas import persona_named, read_persona
from integrations.twilio.simulation.rest_messages import MessagesResource
from integrations.twilio.simulation.scenarios import Chosen
from integrations.twilio.simulation.texts import CARRIER_ANSWERS, TextMessage, keyword
from integrations.twilio.simulation.twiml import text_of
from integrations.twilio.simulation.webhooks import WebhookFailed
from integrations.twilio.simulation.world import World

ANSWERS_AFTER = 2.0  # seconds of the call's clock


class Incoming:
    def __init__(self, world: World, engine: CallEngine, messages: MessagesResource) -> None:
        self.world = world
        self.engine = engine
        self.messages = messages
        messages.arrived = self._arrived

    async def _arrived(self, message: TextMessage) -> None:
        """A scripted customer texts back to what has reached him."""
        outcome = self.world.scenarios.texts.get(message.to)
        if outcome is None or not outcome.replies or message.direction != "outbound-api":
            return
        await self.world.clock.sleep(ANSWERS_AFTER)
        await self.text({"from": message.to, "to": message.from_ or "", "body": outcome.replies.pop(0)})

    async def call(self, order: dict[str, Any]) -> dict[str, Any]:
        """`POST /_sim/inbound`: {from, to, voice_url?, persona?|script?, person?, fallback_url?, status_callback?}."""
        known = {"from", "to", "voice_url", "fallback_url", "status_callback", "persona", "script", "person"}
        account_sid, number = self._called(order, known)
        rented = self.world.number(account_sid, number) or SimNumber(number)
        url = str(order.get("voice_url") or rented.voice_url)
        if not url:
            raise ControlError(f"{number} has no voice_url: give one here or in the number's configuration")
        caller = str(order["from"])
        persona, person = self.world.scenarios.for_call(caller, "")
        if "script" in order:
            persona = read_persona(order["script"], name="script")
        elif "persona" in order:
            persona = persona_named(str(order["persona"]))
        call = self.engine.inbound(
            account_sid,
            rented,
            caller=caller,
            chosen=Chosen(persona, str(order.get("person") or person)),
            url=url,
            fallback=str(order.get("fallback_url") or ""),
            callback=str(order.get("status_callback") or ""),
        )
        self.engine.receive(call)
        return {"sid": call.sid}

    async def text(self, order: dict[str, Any]) -> dict[str, Any]:
        """`POST /_sim/sms`: {from, to, body, sms_url?}. Answers with what the application's webhook said."""
        account_sid, number = self._called(order, {"from", "to", "body", "sms_url"})
        rented = self.world.number(account_sid, number)
        now = self.world.clock.world_now()
        message = TextMessage(
            sid=self.world.sid("SM"),
            account_sid=account_sid,
            to=number,
            from_=str(order["from"]),
            body=str(order.get("body", "")),
            direction="inbound",
            created_at=now,
            updated_at=now,
            status="received",
            sent_at=now,
        )
        self.world.messages[message.sid] = message
        opt_out = keyword(message.body)
        if opt_out == "STOP":
            self.world.opted_out.add((number, str(order["from"])))
        elif opt_out == "START":
            self.world.opted_out.discard((number, str(order["from"])))
        if opt_out in CARRIER_ANSWERS:
            self._send_back(message, CARRIER_ANSWERS[opt_out])
        url = str(order.get("sms_url") or (rented.sms_url if rented else ""))
        status = await self._ask(message, url, opt_out) if url else None
        return {"sid": message.sid, "opt_out_type": opt_out or None, "webhook_status": status}

    async def _ask(self, message: TextMessage, url: str, opt_out: str) -> int | None:
        params = inbound_text_fields(message, opt_out)
        delivery = self.world.webhooks.record(
            "inbound text", url, params, method="POST", token=self.world.token(), call_sid=message.sid
        )
        try:
            reply = await self.world.webhooks.ask(self.world.accounts[message.account_sid], delivery, params)
        except WebhookFailed as failure:
            self.world.debug(failure.code, str(failure), account_sid=message.account_sid, url=url)
            return delivery.status
        self._reply(message, reply.body)
        return reply.status

    def _reply(self, message: TextMessage, body: bytes) -> None:
        """`<Message>` in the answer goes back to the sender, unless he has just opted out."""
        if not body.strip() or (message.to, message.from_) in self.world.opted_out:
            return
        try:
            nouns = ElementTree.fromstring(body).findall("Message")  # noqa: S314 - our own application's answer
        except ElementTree.ParseError as error:
            self.world.debug(12100, f"Document parse failure: {error}", account_sid=message.account_sid)
            return
        for noun in nouns:
            self._send_back(message, text_of(noun))

    def _send_back(self, message: TextMessage, body: str) -> None:
        now = self.world.clock.world_now()
        reply = TextMessage(
            sid=self.world.sid("SM"),
            account_sid=message.account_sid,
            to=message.from_ or "",
            from_=message.to,
            body=body,
            direction="outbound-reply",
            created_at=now,
            updated_at=now,
        )
        self.world.messages[reply.sid] = reply
        self.messages.send(reply)

    def _called(self, order: dict[str, Any], known: set[str]) -> tuple[str, str]:
        """The account and number that are rung or texted."""
        if unknown := set(order) - known:
            raise ControlError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
        caller, number = str(order.get("from", "")), str(order.get("to", ""))
        if not is_e164(caller) or not is_e164(number):
            raise ControlError("`from` and `to` are numbers in E.164 form, such as +16145550101")
        owner = self.world.owner_of(number)
        if owner is None:
            raise ControlError(f"no account of this simulator rents {number}")
        return owner.sid, number
