"""Keys of rows follow the order in which the rows were made, and cannot be guessed."""

from datetime import UTC, datetime

import time_machine

from syntharra.identifiers import uuid7


def test_keys_of_one_millisecond_follow_each_other() -> None:
    with time_machine.travel(datetime(2026, 11, 24, 15, tzinfo=UTC), tick=False):
        keys = [uuid7() for _ in range(5000)]

    assert keys == sorted(keys)
    assert len(set(keys)) == 5000
    assert {(key.version, key.variant) for key in keys} == {(7, "specified in RFC 4122")}


def test_a_later_key_sorts_later_and_tells_its_moment() -> None:
    with time_machine.travel(datetime(2026, 11, 24, 15, tzinfo=UTC), tick=False):
        first = uuid7()
    with time_machine.travel(datetime(2026, 11, 24, 15, 0, 1, tzinfo=UTC), tick=False):
        second = uuid7()

    assert first < second
    assert (second.int >> 80) - (first.int >> 80) == 1000
