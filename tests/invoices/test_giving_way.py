"""A first load beside calls: the books rest while somebody talks to a customer."""

import asyncio
import time
from uuid import uuid4

import pytest
import redis

from calls.hangups import Listener, somebody_talks
from invoices.giving_way import LONGEST_REST, rest


def test_while_a_line_is_open_a_reader_rests_as_long_as_it_has_worked() -> None:
    def a_page() -> tuple[float, float]:
        began = time.monotonic()
        return rest(0.05), time.monotonic() - began

    async def on_a_line() -> tuple[float, float]:
        listener = Listener()
        await listener.listen(uuid4(), lambda _: None)
        for _ in range(100):
            if await asyncio.to_thread(somebody_talks):
                break
            await asyncio.sleep(0.05)
        try:
            return await asyncio.to_thread(a_page)
        finally:
            await listener.close()

    told, took = asyncio.run(on_a_line())

    assert told == 0.05
    assert took >= 0.05


def test_a_rest_is_never_long(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("invoices.giving_way._asked", [lambda: True])
    monkeypatch.setattr(time, "sleep", slept.append)

    assert rest(60.0) == LONGEST_REST == 5.0
    assert slept == [LONGEST_REST]


def test_where_nobody_talks_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invoices.giving_way._asked", [lambda: False])

    assert rest(60.0) == 0.0


def test_without_redis_nobody_is_known_to_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    away = redis.Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr("calls.hangups.connection", lambda: away)

    assert not somebody_talks()
