"""`<Dial>`: a second leg to a person, bridged while both stay on."""

import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING

from integrations.twilio.simulation.call import Call, CallOrder
from integrations.twilio.simulation.conversation import Conversation
from integrations.twilio.simulation.line import PhoneLine, Source
from integrations.twilio.simulation.numbers import is_e164, is_unreachable_exchange
from integrations.twilio.simulation.twiml import Document, text_of, whole_number

if TYPE_CHECKING:
    from integrations.twilio.simulation.script import ScriptPlayer

BRIDGED_SECONDS = 8.0
_RESULTS = {"busy": "busy", "failed": "failed", "no_answer": "no-answer"}


async def dial(player: "ScriptPlayer", call: Call, element: ElementTree.Element, document: Document) -> Document | None:
    """Ring the number and connect the two; its `action`, if any, is asked with how that went."""
    noun = element.find("Number")
    number = text_of(noun) if noun is not None else text_of(element)
    if not is_e164(number) or is_unreachable_exchange(number):
        player.warn(call, 13224, f"Dial: Twilio does not support calling this number: {number}", document.base_url)
        fields = [("DialCallStatus", "failed")]
        return await player.follow(call, element, document, fields) if element.get("action") else None
    child = _child(player, call, number, element)
    try:
        status = await _connect(player, call, child, element)
    finally:
        if not child.is_over:
            player.engine.hang_up(child, "parent")
    fields = [("DialCallSid", child.sid), ("DialCallStatus", status), ("DialBridged", str(bool(child.seconds)).lower())]
    if child.seconds:
        fields.append(("DialCallDuration", str(child.seconds)))
    return await player.follow(call, element, document, fields) if element.get("action") else None


def _child(player: "ScriptPlayer", call: Call, number: str, element: ElementTree.Element) -> Call:
    world = player.world
    persona, person = world.scenarios.for_call(number, "")
    child = Call(
        sid=world.sid("CA"),
        account_sid=call.account_sid,
        to=number,
        from_=element.get("callerId") or (call.from_ if call.direction == "inbound" else call.to),
        direction="outbound-dial",
        order=CallOrder(source=Source(), timeout=whole_number(element, "timeout", 30)),
        persona=persona,
        person=person,
        conversation=Conversation(world.clock),
        line=PhoneLine(world.clock),
        created_at=world.clock.world_now(),
        parent_sid=call.sid,
    )
    world.calls[child.sid] = child
    return child


async def _connect(player: "ScriptPlayer", call: Call, child: Call, element: ElementTree.Element) -> str:
    """The DialCallStatus."""
    world, line = player.world, child.persona.line
    child.dialed_at = world.clock.world_now()
    child.status = "ringing"
    world.ring(child, rang=line.kind not in {"busy", "failed"})
    if line.kind in _RESULTS or line.answer_after >= child.order.timeout:
        status = _RESULTS.get(line.kind, "no-answer")
        await call.line.hold(1.0 if line.kind in {"busy", "failed"} else float(child.order.timeout))
        player.engine.hang_up(child, "network", status=status, sip_code=line.sip_code)
        return status
    await call.line.hold(line.answer_after)
    child.status = "in-progress"
    child.answered_at, child.answered_lap = world.clock.world_now(), world.clock.lap()
    call.conversation.note(f"(connected to {child.to})")
    await call.line.hold(min(BRIDGED_SECONDS, float(whole_number(element, "timeLimit", 14_400))))
    player.engine.hang_up(child, "person")
    return "completed"
