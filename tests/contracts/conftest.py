"""Each of the six in turn; a vendor's simulator starts once a worker and begins anew for every test."""

import importlib.util
from collections.abc import Iterator
from typing import Any

import pytest

from syntharra.tenancy import acting_for
from tests.cast import Firm
from tests.contracts.rigs import MANNERS, Rig, rig, start_anew
from tests.integrations.quickbooks.avas_books import unconnected

PROVIDERS = [name for name in MANNERS if importlib.util.find_spec(f"integrations.{name}.ledger") is not None]


@pytest.fixture(scope="session")
def _running() -> Iterator[dict[str, Any]]:
    """Started when first asked for, all stopped at the end."""
    made: dict[str, Any] = {}
    yield made
    for manager, _rig in made.values():
        manager.__exit__(None, None, None)


@pytest.fixture(params=PROVIDERS)
def vendor(request: pytest.FixtureRequest, _running: dict[str, Any], settings: Any) -> Rig:
    """One of the six, as it begins."""
    name = request.param
    if name not in _running:
        manager = rig(name)
        _running[name] = (manager, manager.__enter__())
    found: Rig = _running[name][1]
    start_anew(found, settings)
    return found


@pytest.fixture
def firm(db: None) -> Iterator[Firm]:
    """A business whose books nobody has connected yet; the test acts for it."""
    found = unconnected()
    with acting_for(found.business.pk):
        yield found


@pytest.fixture
def books(vendor: Rig, firm: Firm) -> Rig:
    """Connected, not yet read."""
    vendor.firm = firm
    vendor.connection = vendor.connect(firm)
    return vendor
