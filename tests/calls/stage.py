"""The real thing on loopback: our web and relay on one port, the simulated carrier on another, a worker's work done in turn."""

import os
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import yaml
from django.conf import settings
from starlette.applications import Starlette
from starlette.routing import Mount

from calls import planning, settling
from calls.dialing import dial
from calls.endings import UNFINISHED
from calls.models import Attempt, Call
from integrations import inbox
from integrations.models import PhoneLine
from integrations.twilio import simulation
from integrations.twilio.simulator import SimAccount, SimNumber, TwilioSimConfig, create_app
from invoices.models import Invoice
from notifications import outbox
from syntharra import clock, due
from syntharra.models import SandboxClock
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_customer, make_invoice
from tests.integrations.twilio.simulator_server import SimControl, served

PERSONAS = Path(simulation.__file__).parent / "personas"
# An account for each process of the tests: they share one Redis, where the rate of an account is kept.
SID = f"AC{zlib.crc32(os.environ.get('PYTEST_XDIST_WORKER', '').encode()):032x}"
TOKEN = "the token of the stage"
EASTERN = ZoneInfo("America/New_York")


def to_tuesday(at: clock_time = clock_time(10)) -> timedelta:
    """Move business time to the next Tuesday, in the morning in Columbus; by how much. Machine time stays what it is."""
    here = clock.machine_now().astimezone(EASTERN)
    day = here.date() + timedelta(days=(1 - here.weekday()) % 7 or 7)
    # No federal holiday falls on the second Tuesday from any of these.
    while day.isoformat()[5:] in ("01-01", "06-19", "07-04", "11-11", "12-25"):
        day += timedelta(days=7)
    shift = datetime.combine(day, at, EASTERN).astimezone(UTC) - clock.machine_now()
    SandboxClock.objects.update_or_create(pk=1, defaults={"shift": shift})
    clock.reread()
    return shift


def patient(persona: str) -> dict[str, Any]:
    """A simulated customer who waits for the agent as long as a busy test machine needs."""
    script: dict[str, Any] = yaml.safe_load((PERSONAS / f"{persona}.yaml").read_text(encoding="utf-8"))
    for step in script.get("steps", ()):
        if "wait_for" in step or "barge_in_at" in step:
            step["patience"] = 120
    script["closing"] = {**script.get("closing", {"say": "Bye."}), "after": 60}
    return script


@dataclass
class Stage:
    """One firm, its customers' telephones, and everything between them."""

    firm: Firm
    sim: SimControl
    simulators: str
    web: str
    attempts: list[UUID] = field(default_factory=list)

    def owes(
        self, persona: str = "", *, phone: str = "+16145550120", line: dict[str, Any] | None = None, **fields: Any
    ) -> Invoice:
        """An overdue invoice of a customer who answers in this way."""
        if persona:
            self.sim.post("/scenarios", number=phone, script=patient(persona), **({"line": line} if line else {}))
        customer = fields.pop("customer", None) or make_customer(
            self.firm,
            phone=phone,
            contact_name=fields.pop("contact_name", "Ana Reyes"),
            kind=fields.pop("kind", "business"),
        )
        late = clock.today("America/New_York") - timedelta(days=5)
        return make_invoice(self.firm, customer, **{"due_on": late, "pay_url": "https://pay.example/1"} | fields)

    def plan(self) -> list[Attempt]:
        planning.plan(self.firm.business.pk)
        return list(Attempt.objects.filter(status="planned").order_by("to"))

    def call(self, invoice: Invoice) -> Attempt:
        """Plan and dial what is owed; gives back the attempt, dialed."""
        (attempt,) = [a for a in self.plan() if a.customer_id == invoice.customer_id]
        assert dial(attempt.pk) == "dialing"
        attempt.refresh_from_db()
        return attempt

    def work(self) -> None:
        """What bells and sweeps would have a worker do now."""
        inbox.read("twilio")
        outbox.work()
        for attempt_id in due.rows(UNFINISHED):
            settling.settle(attempt_id)

    def until(self, happened: Callable[[], Any], *, timeout: float = 20.0) -> Any:
        """Let the worker work until something is so."""
        deadline = time.monotonic() + timeout
        while True:
            self.work()
            found = happened()
            if found:
                return found
            assert time.monotonic() < deadline, f"not within {timeout} s; calls: {self.sim.get('/calls')}"
            time.sleep(0.05)

    def over(self, attempt: Attempt) -> Call:
        """The call of this attempt, once it is finished."""
        self.until(lambda: Attempt.objects.filter(pk=attempt.pk, status="ended").exists())
        attempt.refresh_from_db()
        return Call.objects.get(attempt=attempt)

    def spoken(self, call: Call) -> str:
        """Every word of ours that sounded on the simulated line."""
        lines = self.sim.call(call.sid)["transcript"]
        return " ".join(line["text"] for line in lines if line["who"] == "agent")


@contextmanager
def simulated_carrier(firm: Firm, *, speed: float = 6.0, **config: Any) -> Iterator[SimControl]:
    """The carrier at ``SIMULATORS_URL/twilio``, with the firm's number and its world at business time."""
    with acting_for(firm.business.pk):
        number = PhoneLine.objects.get().number
    account = SimAccount(sid=SID, auth_token=TOKEN, numbers=(SimNumber(number),), **{"calls_per_second": 50.0} | config)
    app = create_app(TwilioSimConfig(accounts=(account,), cast={}, speed=speed, allow_plain_ws=True))
    with served(Starlette(routes=[Mount("/twilio", app)])) as origin:
        settings.SIMULATORS_URL = origin
        control = SimControl(f"{origin}/twilio")
        control.post("/clock", offset_seconds=clock.shift().total_seconds())
        try:
            yield control
        finally:
            control.post("/reset")
            control.close()
