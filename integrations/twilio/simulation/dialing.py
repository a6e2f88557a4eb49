"""`<Dial>`: a second leg to a person, bridged while both stay on."""

import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING

from integrations.twilio.simulation.call import Call, CallOrder
from integrations.twilio.simulation.line import Source
from integrations.twilio.simulation.numbers import is_e164, is_unreachable_exchange
from integrations.twilio.simulation.parameters import status_fields
from integrations.twilio.simulation.personas import LIVE
from integrations.twilio.simulation.twiml import Document, text_of, whole_number

if TYPE_CHECKING:
    from integrations.twilio.simulation.script import ScriptPlayer

_RESULTS = {"busy": "busy", "failed": "failed", "no_answer": "no-answer"}
_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
_RECORDED = ("record-from-answer", "record-from-ringing", "record-from-answer-dual", "record-from-ringing-dual", "true")


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
        _tell(player, child, noun, document, "completed")
    fields = [("DialCallSid", child.sid), ("DialCallStatus", status), ("DialBridged", str(bool(child.seconds)).lower())]
    if child.seconds:
        fields.append(("DialCallDuration", str(child.seconds)))
    return await player.follow(call, element, document, fields) if element.get("action") else None


def _child(player: "ScriptPlayer", call: Call, number: str, element: ElementTree.Element) -> Call:
    world = player.world
    return world.new_call(
        account_sid=call.account_sid,
        to=number,
        from_=element.get("callerId") or (call.from_ if call.direction == "inbound" else call.to),
        direction="outbound-dial",
        order=CallOrder(source=Source(), timeout=whole_number(element, "timeout", 30)),
        chosen=world.scenarios.for_call(number, ""),
        parent_sid=call.sid,
    )


async def _connect(player: "ScriptPlayer", call: Call, child: Call, element: ElementTree.Element) -> str:
    """The DialCallStatus."""
    world, line, noun = player.world, child.persona.line, element.find("Number")
    document = Document(element, "")
    child.dialed_at = world.clock.world_now()
    _tell(player, child, noun, document, "initiated")
    child.status = "ringing"
    world.ring(child, rang=line.kind not in {"busy", "failed"})
    _tell(player, child, noun, document, "ringing")
    if not await _is_answered(call, child):
        status = child.status if child.is_over else _RESULTS.get(line.kind, "no-answer")
        player.engine.hang_up(child, "network", status=status, sip_code=line.sip_code)
        return status
    child.status = "in-progress"
    child.answered_at, child.answered_lap = world.clock.world_now(), child.clock.lap()
    _tell(player, child, noun, document, "answered")
    call.conversation.note(f"(connected to {child.to})")
    _record(player, call, element)
    limit = float(whole_number(element, "timeLimit", 14_400))
    await call.line.race(child.clock.wait(child.over, limit if line.kind == LIVE else min(line.talks_for, limit)))
    player.engine.hang_up(child, "person")
    return "completed"


async def _is_answered(call: Call, child: Call) -> bool:
    line = child.persona.line
    if line.kind == LIVE:
        return await call.line.race(child.clock.wait(child.picked_up, float(child.order.timeout)))
    if line.kind in _RESULTS or line.answer_after >= child.order.timeout:
        await call.line.hold(1.0 if line.kind in {"busy", "failed"} else float(child.order.timeout))
        return False
    await call.line.hold(line.answer_after)
    return True


def _record(player: "ScriptPlayer", call: Call, element: ElementTree.Element) -> None:
    """Both sides from the answer to the end of the call, where `record` asks for it."""
    wanted = element.get("record", "")
    if wanted not in _RECORDED:
        return
    callback = element.get("recordingStatusCallback", "")
    player.engine.recorder.start(
        call,
        source="DialVerb",
        channels=2 if wanted.endswith("-dual") else 1,
        callback=callback,
        method=element.get("recordingStatusCallbackMethod", "POST"),
        events=tuple(element.get("recordingStatusCallbackEvent", "completed").split()),
        trim=element.get("trim", "trim-silence"),
        track=element.get("recordingTrack", "both"),
    )


def _tell(
    player: "ScriptPlayer", child: Call, noun: ElementTree.Element | None, document: Document, event: str
) -> None:
    """`<Number statusCallback>` hears of the second leg what its events ask for; by default only the end."""
    address = noun.get("statusCallback", "") if noun is not None else ""
    if (
        noun is None
        or not address
        or event not in noun.get("statusCallbackEvent", "completed").split()
        or event not in _EVENTS
    ):
        return
    fields = status_fields(child, event, player.world.clock)
    child.sequence += 1
    player.world.tell(
        purpose=f"status {event}",
        account_sid=child.account_sid,
        key=child.sid,
        url=document.address(address) if document.base_url else address,
        params=fields,
        method=noun.get("statusCallbackMethod", "POST"),
    )
