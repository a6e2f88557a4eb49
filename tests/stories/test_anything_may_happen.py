"""A disputed invoice through whatever owner, customer, agent, books and time do to it, in any order, with crashes between."""

import os
from typing import Any

import hypothesis
import pytest
import time_machine
from hypothesis import HealthCheck, Phase
from hypothesis import settings as Settings
from hypothesis.stateful import run_state_machine_as_test

from tests.contracts.rigs import Rig
from tests.contracts.test_reading import read
from tests.invoices.card_desk import Processor
from tests.stories.dispute_machine import MONDAY
from tests.stories.later_acts import WholeCase

FULL = os.environ.get("PROOF") == "full"


@pytest.mark.django_db
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("vendor", ["zoho"], indirect=True)
@pytest.mark.parametrize("seed", range(6) if FULL else range(1))
def test_whatever_happens_nobody_is_asked_for_what_is_disputed(
    books: Rig, seed: int, settings_of: Any, settings: Any
) -> None:

    with time_machine.travel(MONDAY, tick=True):
        read(books)
    settings.STRIPE_SECRET_KEY, settings.STRIPE_CLIENT_ID = "sk_test_sandbox", "ca_sandbox"
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = "whsec_sandbox"
    WholeCase.books, WholeCase.processor = books, Processor(books.address)

    # RANDOM=n outside PROOF=full: other lives than those of every day, the same for the same n.
    seeded = hypothesis.seed(seed if FULL else int(os.environ["RANDOM"])) if FULL or "RANDOM" in os.environ else None
    run_state_machine_as_test(seeded(WholeCase) if seeded else WholeCase, settings=settings_of)


@pytest.fixture
def settings_of() -> Settings:
    return Settings(
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
