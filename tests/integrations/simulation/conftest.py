"""The tiny vendor on a port, one a module; every test begins with its world as it was at birth."""

from collections.abc import Iterator

import pytest

from tests.integrations.simulation.server import Receiver, SimControl, running
from tests.integrations.simulation.vendor import AcmeSimConfig, create_app


@pytest.fixture(scope="module")
def acme_url() -> Iterator[str]:
    with running(create_app(AcmeSimConfig(invoices=60, webhook_batch_seconds=0.02, latency_seconds=0))) as url:
        yield url


@pytest.fixture
def acme(acme_url: str) -> SimControl:
    """Moves the vendor's world."""
    control = SimControl(acme_url)
    control.reset()
    return control


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().listening() as receiver:
        yield receiver
