"""Human or machine? Decided some seconds into the call, told at most once."""

from dataclasses import dataclass

from integrations.twilio.simulation.call import Call
from integrations.twilio.simulation.parameters import amd_fields
from integrations.twilio.simulation.person import TURN_GAP_SECONDS, WORDS_PER_SECOND
from integrations.twilio.simulation.world import World

HUMAN_SECONDS = 1.8
MACHINE_SECONDS = 3.2
FAX_SECONDS = 2.0
AFTER_HANG_UP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    answered_by: str
    seconds: float


def verdict_on(call: Call) -> Verdict:
    """What detection will say about this call, and how long it takes to hear it."""
    line = call.persona.line
    ends = call.order.machine_detection == "DetectMessageEnd"
    greeting = len(line.greeting.split()) / WORDS_PER_SECOND
    if line.answered_by:
        found = Verdict(line.answered_by, line.amd_after or HUMAN_SECONDS)
    elif line.kind == "fax":
        found = Verdict("fax", line.amd_after or FAX_SECONDS)
    elif line.kind != "machine":
        found = Verdict("human", line.amd_after or HUMAN_SECONDS)
    elif ends and line.beep:
        found = Verdict("machine_end_beep", line.amd_after or greeting + TURN_GAP_SECONDS + 0.3)
    elif ends:
        found = Verdict("machine_end_silence", line.amd_after or greeting + 1.2)
    else:
        found = Verdict("machine_start", line.amd_after or min(MACHINE_SECONDS, greeting or MACHINE_SECONDS))
    limit = float(call.order.machine_detection_timeout)
    return found if found.seconds <= limit else Verdict("unknown", limit)


class MachineDetection:
    def __init__(self, world: World) -> None:
        self._world = world

    async def listen(self, call: Call) -> None:
        """Wait for the verdict while the call lasts; then keep it on the call and, if asynchronous, report it."""
        verdict = verdict_on(call)
        comes_late = "amd_after_hangup" in call.faults
        ended_first = await call.clock.wait(call.over, verdict.seconds)
        if ended_first and not comes_late:
            return
        if comes_late:
            await call.over.wait()
            await call.clock.sleep(AFTER_HANG_UP_SECONDS)
        call.answered_by = verdict.answered_by
        self._report(call, verdict)

    def _report(self, call: Call, verdict: Verdict) -> None:
        if call.order.async_amd and call.order.amd_callback:
            self._world.tell(
                purpose="amd",
                account_sid=call.account_sid,
                key=f"{call.sid}/amd",
                url=call.order.amd_callback,
                params=amd_fields(call, verdict.answered_by, round(verdict.seconds * 1000)),
                method=call.order.amd_callback_method,
            )
