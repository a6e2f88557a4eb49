"""Never too fast, and never in the wrong world."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from integrations import pace
from integrations.errors import Throttled
from integrations.pace import Pace
from integrations.quickbooks import places
from integrations.worlds import WrongWorld
from tests.integrations.quickbooks.simulator_server import Vendor


@pytest.fixture
def limit() -> Iterator[Pace]:
    """A limit of its own, forgotten afterwards."""
    found = Pace("test:pace", per_minute=5, at_once=2)
    yield found
    found.forget()


def test_no_more_than_so_many_questions_a_minute(limit: Pace) -> None:
    for _ in range(5):
        with limit.place(patience=1):
            pass

    with pytest.raises(Throttled) as caught, limit.place(patience=1):
        pass

    assert caught.value.retry_after is not None
    assert 50 < caught.value.retry_after <= 60


def test_no_more_than_so_many_questions_at_once(limit: Pace) -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def ask() -> None:
        nonlocal under_way, most
        with limit.place(patience=20):
            with lock:
                under_way += 1
                most = max(most, under_way)
            time.sleep(0.2)
            with lock:
                under_way -= 1

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert most == 2


def test_a_place_is_given_back_when_the_question_failed(limit: Pace) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), limit.place(patience=1):
            raise ZeroDivisionError

    assert pace._redis().zcard("pace:test:pace:asking") == 0


def test_without_redis_nobody_waits(limit: Pace, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    with limit.place(patience=0):
        reached = True

    assert reached


def test_a_sandbox_business_is_sent_to_the_simulators_and_a_live_one_to_intuit(vendor: Vendor) -> None:
    sandbox = places.places(sandbox=True)

    assert sandbox.api == f"{vendor.base_url}/v3"
    assert sandbox.authorize.startswith(vendor.base_url)
    assert places.LIVE.api == "https://quickbooks.api.intuit.com/v3"


@pytest.mark.parametrize(
    ("address", "sandbox"),
    [
        ("https://quickbooks.api.intuit.com/v3", True),
        ("https://sandbox-quickbooks.api.intuit.com/v3", True),
        ("http://127.0.0.1:9101/quickbooks/v3", True),
        ("https://127.0.0.1:9100/quickbooks/v3", True),
        ("http://127.0.0.1:9100/quickbooks/v3", False),
        ("http://quickbooks.api.intuit.com/v3", False),
        ("https://quickbooks.api.intuit.com.evil.example/v3", False),
        ("https://evil.example/intuit.com", False),
        ("", True),
        ("", False),
    ],
)
def test_no_address_of_the_other_world_is_reached(settings: Any, address: str, sandbox: bool) -> None:
    settings.SIMULATORS_URL = "http://127.0.0.1:9100"

    with pytest.raises(WrongWorld):
        places.check(address, sandbox=sandbox)


@pytest.mark.parametrize(
    ("address", "sandbox"),
    [
        ("http://127.0.0.1:9100/quickbooks/v3", True),
        ("https://quickbooks.api.intuit.com/v3", False),
        (places.LIVE.token, False),
        (places.LIVE.authorize, False),
        (places.LIVE.revoke, False),
        (places.LIVE_DISCOVERY, False),
    ],
)
def test_addresses_of_the_right_world_are_reached(settings: Any, address: str, sandbox: bool) -> None:
    settings.SIMULATORS_URL = "http://127.0.0.1:9100"

    assert places.check(address, sandbox=sandbox) == address


def test_a_discovery_document_that_names_the_other_world_is_refused(vendor: Vendor) -> None:
    vendor.control("settings", public_url="https://appcenter.intuit.com")
    places._known.clear()

    with pytest.raises(WrongWorld, match=r"a sandbox business may not reach https://appcenter\.intuit\.com"):
        places.places(sandbox=True)


def test_a_live_business_is_refused_when_its_settings_name_a_simulator(settings: Any) -> None:
    settings.QUICKBOOKS_DISCOVERY_URL = "http://127.0.0.1:9100/quickbooks/.well-known/openid_configuration/"

    with pytest.raises(WrongWorld, match="a live business may not reach"):
        places.places(sandbox=False)
