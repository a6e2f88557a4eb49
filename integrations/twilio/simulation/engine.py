"""The call engine: from the queue to the final state, and everything the application is told on the way."""

import asyncio
import math
from dataclasses import replace

from integrations.twilio.simulation.call import Call, CallOrder
from integrations.twilio.simulation.config import SimNumber
from integrations.twilio.simulation.errors import ScriptFailed
from integrations.twilio.simulation.line import HungUp, Replaced, Source
from integrations.twilio.simulation.machine_detection import MachineDetection
from integrations.twilio.simulation.parameters import status_fields
from integrations.twilio.simulation.person import Person
from integrations.twilio.simulation.personas import LIVE
from integrations.twilio.simulation.recorder import Recorder
from integrations.twilio.simulation.scenarios import Chosen
from integrations.twilio.simulation.script import ScriptPlayer
from integrations.twilio.simulation.world import World

DIAL_SECONDS = 0.5
REFUSAL_SECONDS = 1.0
PRICE_PER_MINUTE = 0.014
NO_VOICE_URL = 21402  # (from memory)
APOLOGY = "An application error has occurred. Goodbye."


class CallEngine:
    """Moves calls through `queued -> ringing -> in-progress -> final`. A final state is reached once and kept."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.recorder = Recorder(world)
        self.detection = MachineDetection(world)
        self.script = ScriptPlayer(world, self)

    def place(self, call: Call) -> None:
        """Take a call out of the queue when its turn comes, and ring the phone."""
        if call.is_silent:
            if "silent_ring" in call.faults:
                self.world.ring(call, rang=True)
            return
        self.world.spawn(self._outbound(call))

    def receive(self, call: Call) -> None:
        """Somebody rings one of our customer's numbers."""
        self.world.spawn(self._inbound(call))

    def redirect(self, call: Call, source: Source) -> None:
        """Replace what runs on an answered call."""
        call.updated_at = self.world.clock.world_now()
        call.line.replace(source)

    def limit(self, call: Call, seconds: int) -> None:
        """A new time limit, counted from the answer."""
        call.order = replace(call.order, time_limit=seconds)
        call.limit_changed.beat()

    def hang_up(self, call: Call, by: str, *, status: str = "", sip_code: int | None = None) -> None:
        """End a call. Without a status: completed if it was answered, otherwise canceled."""
        if call.is_over:
            return
        now = self.world.clock.world_now()
        if call.answered_lap is not None:
            call.seconds = max(1, math.ceil(call.clock.lap() - call.answered_lap))
        call.status = status or ("completed" if call.answered_at else "canceled")
        call.sip_code = sip_code if sip_code is not None else (200 if call.status == "completed" else 487)
        call.ended_at = call.updated_at = now
        call.ended_by = by
        self.recorder.stop_all(call)
        self._report(call, "completed")
        call.line.hang_up()
        call.over.set()
        call.limit_changed.beat()
        if call.person_task is not None and call.person_task is not asyncio.current_task():
            call.person_task.cancel()
        for seconds in call.pays_after:
            self.world.spawn(self._pay(call, seconds))
        for seconds in call.rings_back_after:
            self.world.spawn(self._ring_back(call, seconds))

    def answer(self, call: Call) -> None:
        """The phone was picked up: sound runs in both directions from here."""
        call.status = "in-progress"
        call.answered_at = call.updated_at = self.world.clock.world_now()
        call.answered_lap = call.clock.lap()
        call.conversation.begin()
        self._report(call, "answered")
        if call.persona.line.kind != LIVE:
            floor = self.world.patience_floor
            person = Person(call, call.clock, lambda: self.hang_up(call, "person"), patience_floor=floor)
            call.person_task = self.world.spawn(person.live())
        self.world.spawn(self._cut_at_time_limit(call))

    # -- the life of a call -------------------------------------------------------------------

    async def _outbound(self, call: Call) -> None:
        try:
            await call.line.hold_machine(call.queue_seconds)
            call.queue_seconds = 0.0
            call.dialed_at = call.updated_at = self.world.clock.world_now()
            self._report(call, "initiated")
            await call.line.hold(DIAL_SECONDS)
            if await self._ring(call):
                self.answer(call)
                await self._talk(call)
        except HungUp:
            return
        except Exception:
            self._fail(call)
            raise

    async def _ring(self, call: Call) -> bool:
        """True if somebody, or something, answers in time."""
        line = call.persona.line
        if line.kind in {"busy", "failed"}:
            self.world.ring(call, rang=False)
            await call.line.hold(REFUSAL_SECONDS)
            self.hang_up(call, "network", status=line.kind, sip_code=line.sip_code)
            return False
        call.status = "ringing"
        self.world.ring(call, rang=True)
        self._report(call, "ringing")
        if line.kind == LIVE:
            return await self._wait_for_pick_up(call)
        if line.kind == "no_answer" or line.answer_after >= call.order.timeout:
            await call.line.hold(float(call.order.timeout))
            sip_code = line.sip_code if line.kind == "no_answer" else 480
            self.hang_up(call, "timeout", status="no-answer", sip_code=sip_code)
            return False
        await call.line.hold(line.answer_after)
        return True

    async def _wait_for_pick_up(self, call: Call) -> bool:
        """Somebody sits at the handset: he answers, or declines (which ends the call), or lets it ring."""
        if await call.line.race(call.clock.wait(call.picked_up, float(call.order.timeout))):
            return True
        self.hang_up(call, "timeout", status="no-answer", sip_code=480)
        return False

    async def _inbound(self, call: Call) -> None:
        call.status = "ringing"
        call.dialed_at = self.world.clock.world_now()
        self.world.ring(call, rang=True)
        self._report(call, "ringing")
        try:
            await self._run_script(call)
        except HungUp:
            return
        except Exception:
            self._fail(call)
            raise

    def _fail(self, call: Call) -> None:
        """A mistake of the simulator's own must not leave a call open for ever."""
        self.hang_up(call, "simulator", status="failed", sip_code=500)

    async def _talk(self, call: Call) -> None:
        if call.order.machine_detection:
            listening = self.detection.listen(call)
            if call.order.async_amd:
                self.world.spawn(listening)
            else:
                await call.line.race(listening)
        await self._run_script(call)

    async def _run_script(self, call: Call) -> None:
        """Follow the instructions, and those that replace them, to their end."""
        source = call.order.source
        while not call.is_over:
            try:
                await self.script.play(call, source)
                self.hang_up(call, "script")
            except Replaced as order:
                source = order.source
                call.line.resume()
            except ScriptFailed as failure:
                self.world.debug(
                    failure.code, failure.message, account_sid=call.account_sid, call_sid=call.sid, url=failure.url
                )
                await self._apologize(call)

    async def _apologize(self, call: Call) -> None:
        if call.answered_at is None:
            self.hang_up(call, "script", status="failed", sip_code=500)
            return
        await self.script.speak(call, APOLOGY)
        self.hang_up(call, "script")

    async def _cut_at_time_limit(self, call: Call) -> None:
        while not call.is_over:
            left = call.order.time_limit - (call.clock.lap() - (call.answered_lap or 0.0))
            if left <= 0:
                self.hang_up(call, "time_limit")
                return
            await call.limit_changed.wait(call.clock, left)

    # -- telling ------------------------------------------------------------------------------

    def _report(self, call: Call, event: str) -> None:
        at = self.world.clock.world_now().isoformat()
        call.history.append({"event": event, "status": call.status, "at": at})
        order = call.order
        if not order.status_callback or event not in order.status_events or "mute" in call.faults:
            return
        fields = status_fields(call, event, self.world.clock)
        call.sequence += 1
        if "completed_before_answered" in call.faults and event == "answered":
            call.held_back = fields
            return
        self._tell(call, event, fields)
        if event == "completed" and call.held_back is not None:
            self._tell(call, "answered", call.held_back)

    def _tell(self, call: Call, event: str, fields: list[tuple[str, str]]) -> None:
        self.world.tell(
            purpose=f"status {event}",
            account_sid=call.account_sid,
            key=call.sid,
            url=call.order.status_callback,
            params=fields,
            method=call.order.status_callback_method,
            when_told=call.ringing_reported.set if event in {"ringing", "completed"} else None,
        )

    async def _ring_back(self, call: Call, seconds: float) -> None:
        """The person rings the number that called him."""
        await self.world.clock.sleep(seconds)
        rented = self.world.number(call.account_sid, call.from_)
        if rented is None or not rented.voice_url:
            self.world.debug(
                NO_VOICE_URL, f"{call.from_} has no voice_url: nobody answers there", account_sid=call.account_sid
            )
            return
        self.receive(self.inbound(call.account_sid, rented, caller=call.to, chosen=Chosen(call.persona, call.person)))

    def inbound(
        self,
        account_sid: str,
        rented: SimNumber,
        *,
        caller: str,
        chosen: Chosen,
        url: str = "",
        fallback: str = "",
        callback: str = "",
    ) -> Call:
        """A call to one of our customer's numbers, answered as that number is set up or as said here."""
        backup = fallback or rented.voice_fallback_url
        persona = replace(chosen.persona, steps=tuple(s for s in chosen.persona.steps if s.action != "call_back"))
        return self.world.new_call(
            account_sid=account_sid,
            to=rented.phone_number,
            from_=caller,
            direction="inbound",
            order=CallOrder(
                source=Source(url=url or rented.voice_url),
                fallback=Source(url=backup) if backup else None,
                status_callback=callback or rented.status_callback,
            ),
            chosen=Chosen(persona, chosen.person),
        )

    async def _pay(self, call: Call, seconds: float) -> None:
        """The person opens the payment link some time after the call."""
        await self.world.clock.sleep(seconds)
        payment = {"to": call.to, "call_sid": call.sid, "persona": call.persona.name}
        entry = {**payment, "at": self.world.clock.world_now().isoformat(), "url": self.world.on_pay_url}
        self.world.pays.append(entry)
        if not self.world.on_pay_url:
            entry["error"] = "no on_pay_url is configured, so nobody was told"
            return
        try:
            entry["status"] = str(await self.world.webhooks.post_json(self.world.on_pay_url, payment))
        except Exception as error:
            entry["error"] = f"{type(error).__name__}: {error}"
