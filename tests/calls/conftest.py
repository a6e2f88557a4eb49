"""A Tuesday morning in Columbus on which calls may be made, and the little world around a call."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
import time_machine
from starlette.types import ASGIApp

# 10:00 on the wall in Columbus; an invoice due on Saturday the 3rd is three days late.
TUESDAY = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="session")
def _bells_ring_in_memory() -> None:
    """Tests do a worker's work themselves: their bells must wake nobody else's worker."""
    from syntharra.celery import app

    app.conf.update(broker_url="memory://", result_backend=None)


@pytest.fixture(autouse=True)
def _own_carrier(settings: Any, tmp_path: Path) -> None:
    from calls import pace
    from tests.calls.stage import SID, TOKEN

    pace.connection().delete(f"calls:pace:{SID}")
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = SID, TOKEN
    settings.CALLS_PER_SECOND = 50.0
    settings.CALL_JOURNAL = tmp_path / "journal"


@pytest.fixture
def tuesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TUESDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def carrier(db: None, plumber: Any, settings: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The simulated carrier on a Tuesday morning; nobody of ours listens to what it tells. Its parameter is the speed."""
    from tests.calls.stage import Stage, simulated_carrier, to_tuesday

    to_tuesday()
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    speed = getattr(request, "param", 100.0)
    with simulated_carrier(plumber, speed=speed) as control:
        yield Stage(plumber, control, settings.SIMULATORS_URL, settings.PUBLIC_URL)


@pytest.fixture
def stage(transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The carrier and our own web and relay, over real sockets, with real commits."""
    from syntharra.asgi import application
    from syntharra.tenancy import acting_for
    from tests.calls.stage import Stage, simulated_carrier, to_tuesday
    from tests.cast import make_business
    from tests.integrations.twilio.simulator_server import served

    monkeypatch.setitem(settings.DATABASES["default"], "CONN_MAX_AGE", 0)  # threads of servers leave none behind
    to_tuesday()
    firm = make_business()
    with served(cast("ASGIApp", application)) as web, acting_for(firm.business.pk):
        settings.PUBLIC_URL, settings.RELAY_URL = web, web.replace("http", "ws", 1)
        assert httpx2.post(f"{web}/webhooks/twilio/voice/{firm.business.pk}", trust_env=False).status_code == 403
        with simulated_carrier(firm) as control:
            yield Stage(firm, control, settings.SIMULATORS_URL, web)
