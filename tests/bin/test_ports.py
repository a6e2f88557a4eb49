"""Ports: the wanted one when it is free, the next one when it is not, and never one for two stacks."""

import socket

from _stack.ports import HOST, Ports, answers, is_free


def test_a_taken_port_gives_way_to_the_next_free_one() -> None:
    first = Ports().take_any()
    with socket.socket() as other:
        other.bind((HOST, first))
        other.listen()

        taken = Ports().take(first)

        assert answers(first)
        assert not is_free(first)
    assert first < taken < first + 200


def test_two_stacks_started_at_once_do_not_get_the_same_port() -> None:
    one, other = Ports(), Ports()

    first = one.take(23456)
    second = other.take(first)

    assert second > first


def test_a_free_port_is_given_as_wanted() -> None:
    ports = Ports()
    wanted = ports.take_any()
    del ports

    assert Ports().take(wanted) == wanted
