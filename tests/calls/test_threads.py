"""The relay's threads keep their connections, and a server that was restarted costs no call."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from calls.threads import anywhere


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
