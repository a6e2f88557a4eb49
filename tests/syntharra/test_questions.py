"""Several statements in one message are done in their order, and the first that fails ends it."""

import pytest
from django.db import DataError, transaction

from syntharra.postgres.questions import ask

pytestmark = pytest.mark.django_db


def test_each_is_answered_by_itself_and_what_gives_nothing_gives_no_rows() -> None:
    answers = ask(
        ("SELECT %s + 1", (1,)), ("SET LOCAL lock_timeout = '3s'", ()), ("SELECT g FROM generate_series(1, %s) g", (2,))
    )

    assert answers == [[(2,)], [], [(1,), (2,)]]


def test_the_first_that_fails_ends_the_message() -> None:
    with pytest.raises(DataError), transaction.atomic():
        ask(("SELECT 1", ()), ("SELECT 1 / %s", (0,)), ("SET LOCAL lock_timeout = '4s'", ()))

    assert ask(("SHOW lock_timeout", ())) != [[("4s",)]]
