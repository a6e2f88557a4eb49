"""`<Pay>`, as far as its documentation goes: a connector made in the console, keys from the person, a masked result.

The product takes no card by telephone; this is here so that a document which asks for it gets the vendor's answer.
"""

import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING

from integrations.twilio.simulation.call import Call
from integrations.twilio.simulation.line import Pulse
from integrations.twilio.simulation.twiml import Document
from integrations.twilio.simulation.webhooks import Form

if TYPE_CHECKING:
    from integrations.twilio.simulation.script import ScriptPlayer

PROMPT = "Please enter your credit card number, followed by the pound key."
SECONDS_FOR_A_KEY = 15.0
FEWEST_DIGITS = 12
DEFAULT_CONNECTOR = "Default"


class PayEar:
    """Takes keys up to the pound sign; star gives up. Speech is not listened to."""

    def __init__(self) -> None:
        self.keys = ""
        self.gave_up = False
        self.done = False
        self.pressed = Pulse()

    async def on_words(self, words: list[str]) -> str:
        return ""

    async def on_utterance(self, words: list[str]) -> str:
        return ""

    async def on_digit(self, digit: str) -> None:
        if digit in "#*":
            self.gave_up, self.done = digit == "*", True
        else:
            self.keys += digit
        self.pressed.beat()


async def pay(player: "ScriptPlayer", call: Call, element: ElementTree.Element, document: Document) -> Document | None:
    """Ask for a card and tell `action` how it went; nothing of the number but its last four digits is kept."""
    connector = element.get("paymentConnector", DEFAULT_CONNECTOR)
    if connector not in player.world.accounts[call.account_sid].payment_connectors:
        text = f"no payment connector is called {connector}: it is made in the console"
        player.warn(call, 64001, text, document.base_url)
        return await _result(player, call, element, document, "payment-connector-error", [("PaymentError", text)])
    result, fields = "too-many-failed-attempts", []
    for _ in range(max(1, min(3, int(element.get("maxAttempts", "1") or 1)))):
        ear = PayEar()
        call.conversation.ear = ear
        try:
            await player.speak(call, PROMPT, channel="pay")
            while not ear.done and await call.line.race(ear.pressed.wait(call.clock, SECONDS_FOR_A_KEY)):
                pass
        finally:
            call.conversation.ear = None
        if ear.gave_up:
            result = "caller-interrupted-with-star"
            break
        if len(ear.keys) >= FEWEST_DIGITS:
            result, fields = "success", _success(element, connector, ear.keys, player.world.sid("PA"))
            break
    return await _result(player, call, element, document, result, fields)


def _success(element: ElementTree.Element, connector: str, keys: str, code: str) -> Form:
    charged = element.get("chargeAmount", "0")
    code_name = "PaymentConfirmationCode" if float(charged or 0) > 0 else "PaymentToken"
    return [
        ("PaymentConnector", connector),
        ("PaymentMethod", element.get("paymentMethod", "credit-card")),
        ("PaymentCardNumber", "x" * (len(keys) - 4) + keys[-4:]),
        (code_name, code),
    ]


async def _result(
    player: "ScriptPlayer", call: Call, element: ElementTree.Element, document: Document, result: str, fields: Form
) -> Document | None:
    if element.get("action") is None:
        return None
    return await player.follow(call, element, document, [("Result", result), *fields])
