"""The relay's threads keep their connections, and a server that was restarted costs no call."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from calls import freezing, threads
from calls.threads import anywhere, in_database
from syntharra import bells
from tests.cast import make_business


def asked(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def served_by() -> Any:
    return asked("SELECT pg_backend_pid()")


@pytest.mark.django_db(transaction=True)
def test_a_connection_is_kept_and_a_dead_one_is_replaced_without_anybody_noticing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("calls.threads._notes", ThreadPoolExecutor(1))

    async def ask() -> list[int]:
        first, second = await anywhere(served_by), await anywhere(served_by)
        assert await asyncio.to_thread(asked, f"SELECT pg_terminate_backend({int(second)}, 5000)")
        return [first, second, await anywhere(served_by), await anywhere(served_by)]

    first, second, third, fourth = asyncio.run(ask())

    assert first == second
    assert third == fourth
    assert third != first


@pytest.mark.django_db(transaction=True)
def test_the_agent_speaks_before_the_broker_has_heard_what_was_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that takes its time holds up no word; the worker is told all the same."""
    firm = make_business()
    may_be_told, told = threading.Event(), threading.Event()

    def slowly(*_: object) -> None:
        assert may_be_told.wait(10)
        told.set()

    monkeypatch.setattr(bells, "_tell", slowly)

    async def decide() -> int:
        def work() -> int:
            bells.after_commit("calls.tasks.dial")
            return 7

        return await in_database(firm.business.pk, work, urgent=True)

    assert (asyncio.run(decide()), told.is_set()) == (7, False)
    may_be_told.set()
    assert told.wait(10)


@pytest.mark.django_db(transaction=True)
def test_records_of_other_lines_let_a_commit_pass_and_are_not_held_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "GIVES_WAY_SECONDS", 0.5)
    firm = make_business()
    order: list[str] = []

    def urgent() -> None:
        time.sleep(0.2)
        order.append("committed")

    def record() -> None:
        asked("SELECT 1")
        order.append("recorded")

    def stuck() -> None:
        time.sleep(2)

    async def both(commit: Any) -> float:
        began = time.monotonic()
        committing = asyncio.create_task(in_database(firm.business.pk, commit, urgent=True))
        await asyncio.sleep(0)
        await in_database(firm.business.pk, record)
        took = time.monotonic() - began
        await committing
        return took

    asyncio.run(both(urgent))
    assert order == ["committed", "recorded"]
    assert asyncio.run(both(stuck)) < 1.9


@pytest.mark.django_db(transaction=True)
def test_each_connection_commits_are_made_on_is_warmed_once_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "_commits", ThreadPoolExecutor(threads.THREADS))
    firm = make_business()
    warmed: list[int] = []

    async def talk() -> set[int]:
        def first() -> None:
            warmed.append(served_by())
            connection.close_at = 0.0  # as where a pool lends connections: whoever gives one back gets another

        await threads.warm(first)
        monkeypatch.setattr(threads, "KEPT_SECONDS", 0.0)  # nobody has spoken for long
        return {await in_database(firm.business.pk, served_by, urgent=True) for _ in range(2 * threads.THREADS)}

    used = asyncio.run(talk())

    assert len(set(warmed)) == threads.THREADS
    assert used <= set(warmed)


@pytest.mark.django_db(transaction=True)
def test_a_connection_of_commits_that_died_while_nobody_spoke_costs_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "_commits", ThreadPoolExecutor(1))
    monkeypatch.setattr(threads, "KEPT_SECONDS", 0.0)
    firm = make_business()

    async def talk() -> tuple[int, int]:
        first = await in_database(firm.business.pk, served_by, urgent=True)
        assert await asyncio.to_thread(asked, f"SELECT pg_terminate_backend({int(first)}, 5000)")
        return first, await in_database(firm.business.pk, served_by, urgent=True)

    first, second = asyncio.run(talk())

    assert first != second


@pytest.mark.django_db(transaction=True)
def test_what_a_freeze_asks_can_be_asked_about_nobody() -> None:
    """It runs at every start of a relay: for no business, and nothing is left behind."""
    asyncio.run(threads.warm(freezing.warm_up))

    assert asked("SELECT count(*) FROM disputes_claim") == 0
