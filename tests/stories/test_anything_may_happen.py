"""A disputed invoice through whatever owner, customer, agent, books and time do to it, in any order, with crashes between."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.contracts.rigs import Rig
from tests.contracts.test_reading import read
from tests.stories.dispute_machine import MONDAY, Case

FULL = os.environ.get("PROOF") == "full"


@pytest.mark.django_db
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("vendor", ["zoho"], indirect=True)
@pytest.mark.parametrize("seed", range(6) if FULL else range(1))
def test_whatever_happens_nobody_is_asked_for_what_is_disputed(books: Rig, seed: int, settings_of: Any) -> None:
    import time_machine

    with time_machine.travel(MONDAY, tick=True):
        read(books)
    Case.books = books

    run_state_machine_as_test(Case, settings=settings_of)


@pytest.fixture
def settings_of() -> settings:
    return settings(
        max_examples=int(os.environ.get("CASES", "25" if FULL else "6")),
        stateful_step_count=int(os.environ.get("STEPS", "32" if FULL else "12")),
        deadline=None,
        derandomize=not FULL and "RANDOM" not in os.environ,
        database=None,
        report_multiple_bugs=False,
        # What is found is made smaller under PROOF=full alone: every try of it is minutes of a disputed bill's life.
        phases=[Phase.generate, Phase.shrink] if FULL else [Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
