"""The simulated carrier's state: everything that `/_sim/reset` forgets."""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from integrations.twilio.simulation.call import Call, CallOrder
from integrations.twilio.simulation.callbacks import Callback, Callbacks
from integrations.twilio.simulation.clock import SimClock
from integrations.twilio.simulation.config import SimAccount, SimNumber, TwilioSimConfig
from integrations.twilio.simulation.conversation import Conversation
from integrations.twilio.simulation.faults import Faults
from integrations.twilio.simulation.line import PhoneLine
from integrations.twilio.simulation.numbers import local_time, zone_of
from integrations.twilio.simulation.personas import LIVE
from integrations.twilio.simulation.recordings import Recording
from integrations.twilio.simulation.scenarios import Chosen, Scenarios
from integrations.twilio.simulation.sockets import OpenSocket, open_websocket
from integrations.twilio.simulation.texts import TextMessage
from integrations.twilio.simulation.tunnels import Tunnels
from integrations.twilio.simulation.webhooks import Form, Webhooks

log = logging.getLogger(__name__)
SIMULATOR_FAILED = 0


@dataclass(slots=True)
class Ring:
    """The carrier rang, or tried to ring, a telephone. `rang` is false where the line was busy or dead."""

    number: str
    at: str
    local_time: str
    local_zone: str
    call_sid: str
    account_sid: str
    direction: str
    url: str
    rang: bool
    open_calls_to_number: list[str]


@dataclass(slots=True)
class DebuggerEntry:
    """A line of the vendor's debugger."""

    code: int
    level: str
    message: str
    at: str
    account_sid: str
    call_sid: str = ""
    url: str = ""


class World:
    """One carrier. Everything in it lives in one event loop."""

    def __init__(
        self, config: TwilioSimConfig, *, clock: SimClock | None = None, open_socket: OpenSocket = open_websocket
    ) -> None:
        self.config = config
        self.clock = clock or SimClock(speed=config.speed)
        # A living person at the telephone needs his own seconds, however fast everybody else speaks.
        self.plain_clock = SimClock(speed=config.handset_speed, wall=self.clock)
        self.open_socket = open_socket
        self.webhooks = Webhooks(self.clock, network_speed=config.network_speed, tunnels=Tunnels(config.tunnels))
        self._tasks: set[asyncio.Task[None]] = set()
        self._begin()

    def _begin(self) -> None:
        config = self.config
        self.clock.speed, self.clock.offset_seconds = config.speed, 0.0
        self.plain_clock.speed = config.handset_speed
        self.webhooks.network_speed = config.network_speed
        self.webhooks.idempotency_header = config.idempotency_header
        self.webhooks.log = []
        self._sid_rng = _dice(config.seed)
        self._token_rng = _dice(config.seed + 2)
        self.accounts: dict[str, SimAccount] = {account.sid: account for account in config.accounts}
        self.allow_plain_ws = config.allow_plain_ws
        self.on_pay_url = config.on_pay_url
        self.patience_floor = config.patience_floor
        self.calls: dict[str, Call] = {}
        self.messages: dict[str, TextMessage] = {}
        self.recordings: dict[str, Recording] = {}
        self.rings: list[Ring] = []
        self.debugger: list[DebuggerEntry] = []
        self.pays: list[dict[str, Any]] = []
        self.opted_out: set[tuple[str, str]] = set()
        self.next_slot: dict[str, float] = {}
        self.relay_sessions: dict[str, set[str]] = {account.sid: set() for account in config.accounts}
        self.faults = Faults()
        self.scenarios = Scenarios(config)
        self.number_sids = {n.phone_number: self.sid("PN") for a in config.accounts for n in a.numbers}
        self.callbacks = Callbacks(
            self.webhooks,
            self.clock,
            _dice(config.seed + 1),
            chaos=config.chaos,
            spawn=self.spawn,
            failed=self._callback_failed,
        )
        self._started = self.clock.world_now()

    @property
    def started_at(self) -> Any:
        return self._started

    def sid(self, prefix: str) -> str:
        """A new identifier; the same sequence under the same seed."""
        return f"{prefix}{self._sid_rng.getrandbits(128):032x}"

    def add_account(self, account: SimAccount) -> None:
        """A new account, or an old one changed."""
        self.accounts[account.sid] = account
        self.relay_sessions.setdefault(account.sid, set())
        for number in account.numbers:
            if number.phone_number not in self.number_sids:
                self.number_sids[number.phone_number] = self.sid("PN")

    def new_call(
        self,
        *,
        account_sid: str,
        to: str,
        from_: str,
        direction: str,
        order: CallOrder,
        chosen: Chosen,
        parent_sid: str | None = None,
        queue_seconds: float = 0.0,
        faults: Iterable[str] = (),
    ) -> Call:
        """A leg that nobody has dialed yet, with whoever will be on it."""
        clock = self.plain_clock if chosen.persona.line.kind == LIVE else self.clock
        call = Call(
            sid=self.sid("CA"),
            account_sid=account_sid,
            to=to,
            from_=from_,
            direction=direction,
            order=order,
            persona=chosen.persona,
            person=chosen.person,
            clock=clock,
            conversation=Conversation(clock),
            line=PhoneLine(clock),
            created_at=clock.world_now(),
            phone_number_sid=self.number_sids.get(to if direction == "inbound" else from_),
            parent_sid=parent_sid,
            queue_seconds=queue_seconds,
            faults=set(faults),
        )
        self.calls[call.sid] = call
        return call

    def number(self, account_sid: str, phone_number: str) -> SimNumber | None:
        account = self.accounts[account_sid]
        return next((n for n in account.numbers if n.phone_number == phone_number), None)

    def owner_of(self, phone_number: str) -> SimAccount | None:
        """The account that rents this number."""
        for account in self.accounts.values():
            if any(number.phone_number == phone_number for number in account.numbers):
                return account
        return None

    def open_calls(self, account_sid: str = "") -> list[Call]:
        """Calls without a final state (of one account)."""
        return [c for c in self.calls.values() if not c.is_over and account_sid in {"", c.account_sid}]

    def ring(self, call: Call, *, rang: bool) -> None:
        """Put it on the ring list, with the other calls open to that number at this moment."""
        now = self.clock.world_now()
        outward = [c for c in self.open_calls() if c.direction != "inbound" and not c.is_silent]
        others = [c.sid for c in outward if c.to == call.to and c is not call and call.direction != "inbound"]
        self.rings.append(
            Ring(
                number=call.to,
                at=now.isoformat(),
                local_time=local_time(now, call.to).isoformat(),
                local_zone=zone_of(call.to),
                call_sid=call.sid,
                account_sid=call.account_sid,
                direction=call.direction,
                url=call.order.source.url,
                rang=rang,
                open_calls_to_number=others,
            )
        )

    def debug(
        self, code: int, message: str, *, account_sid: str, call_sid: str = "", url: str = "", level: str = "ERROR"
    ) -> None:
        at = self.clock.world_now().isoformat()
        self.debugger.append(DebuggerEntry(code, level, message, at, account_sid, call_sid, url))

    def tell(
        self,
        *,
        purpose: str,
        account_sid: str,
        key: str,
        url: str,
        params: Form,
        method: str = "POST",
        when_told: Callable[[], None] | None = None,
    ) -> None:
        """Send a best-effort callback."""
        account = self.accounts[account_sid]
        self.callbacks.tell(Callback(account, purpose, url, params, method, key, self.token(), when_told))

    def token(self) -> str:
        """An idempotency token of a webhook, kept through its retries."""
        raw = f"{self._token_rng.getrandbits(128):032x}"
        return "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]))

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run it beside everything else; a reset ends it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("the Twilio simulator failed", exc_info=error)
            self.debug(SIMULATOR_FAILED, f"{type(error).__name__}: {error}", account_sid="", level="BUG")

    def is_idle(self) -> bool:
        """No call under way, no callback, text or payment still to come."""
        return not self._tasks

    async def reset(self) -> None:
        """Forget everything and begin again as configured."""
        current = asyncio.current_task()
        running = [task for task in self._tasks if task is not current]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._tasks.clear()
        self._begin()

    async def aclose(self) -> None:
        await self.reset()
        await self.webhooks.aclose()

    def rings_as_json(self) -> dict[str, Any]:
        """The ring list, with the two things that must never be: one address rung twice, two open calls to a number."""
        rings = [asdict(ring) for ring in self.rings]
        by_url: dict[str, list[str]] = {}
        for ring in self.rings:
            if ring.url and ring.direction != "inbound":
                by_url.setdefault(ring.url, []).append(ring.call_sid)
        return {
            "rings": rings,
            "repeated_urls": {url: sids for url, sids in by_url.items() if len(sids) > 1},
            "overlapping": [ring for ring in rings if ring["open_calls_to_number"]],
        }

    def _callback_failed(self, code: int, message: str, callback: Callback) -> None:
        self.debug(code, message, account_sid=callback.account.sid, call_sid=callback.call_sid, url=callback.url)


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a simulation wants the same numbers again, not secret ones
