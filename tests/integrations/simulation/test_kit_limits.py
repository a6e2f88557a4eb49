"""Windows, buckets and places on machine time."""

import pytest

from integrations.simulation.limits import Bucket, Busy, Concurrent, Window


class Passing:
    """Machine time that passes only when told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_window_admits_so_many_and_says_how_long_to_wait() -> None:
    machine = Passing()
    window = Window(2, 60, clock=machine)
    assert window.take("acme-1") is None
    machine.now += 20
    assert window.take("acme-1") is None

    assert window.take("acme-1") == 40.0
    assert (window.left("acme-1"), window.left("acme-2")) == (0, 2)

    machine.now += 40
    assert window.take("acme-1") is None
    assert window.take("acme-1") == 20.0


def test_a_limit_may_change_while_calls_are_counted() -> None:
    machine = Passing()
    limits = {"minute": 1}
    window = Window(lambda: limits["minute"], 60, clock=machine)
    window.take()

    assert window.take() == 60.0
    limits["minute"] = 2

    assert window.take() is None
    assert window.resets_in() == 60.0


def test_a_bucket_spends_its_points_and_fills_up_again() -> None:
    machine = Passing()
    bucket = Bucket(10_000, 500, clock=machine)

    assert bucket.take("acme-1", 9_000)
    assert not bucket.take("acme-1", 2_000)
    machine.now += 2

    assert bucket.available("acme-1") == 2_000
    assert bucket.take("acme-1", 2_000)
    bucket.refund("acme-1", 1_500)
    assert bucket.available("acme-1") == 1_500
    machine.now += 60
    assert bucket.available("acme-1") == 10_000


def test_only_so_many_calls_are_under_way_at_once() -> None:
    places = Concurrent(1)

    with places.place("acme-1"), places.place("acme-2"):
        with pytest.raises(Busy), places.place("acme-1"):
            raise AssertionError("there was no place left")
        assert places.running("acme-1") == 1

    assert places.running("acme-1") == 0
