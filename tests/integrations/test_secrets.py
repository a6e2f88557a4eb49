"""Secrets at rest: bound to their row, readable after a change of keys, and shown by nothing."""

import uuid
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import CommandError

from integrations import access, secrets
from integrations.models import Connection
from integrations.sign_in import Tokens
from syntharra.tenancy import acting_for
from tests.cast import Firm

ROW = uuid.UUID("01a202b5-1e95-736e-ae1f-674be26dcff0")
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
TOKENS = Tokens("access-1", "refresh-1", datetime(2026, 11, 2, tzinfo=UTC), None)


def test_a_secret_opens_for_the_row_it_was_sealed_for() -> None:
    sealed = secrets.encrypt("integrations_connection", ROW, {"access": "a", "refresh": "r"})

    assert secrets.decrypt("integrations_connection", ROW, sealed) == {"access": "a", "refresh": "r"}
    assert b"refresh" not in sealed


@pytest.mark.parametrize(("table", "row"), [("integrations_connection", uuid.uuid4()), ("another_table", ROW)])
def test_a_secret_copied_to_another_row_opens_nothing(table: str, row: uuid.UUID) -> None:
    sealed = secrets.encrypt("integrations_connection", ROW, {"access": "a"})

    with pytest.raises(secrets.Unreadable, match="sealed for another row"):
        secrets.decrypt(table, row, sealed)


@pytest.mark.parametrize("sealed", [b"", b"gAAAAA", b"\x00" * 100])
def test_what_no_key_opens_says_so(sealed: bytes) -> None:
    with pytest.raises(secrets.Unreadable, match="no key of FIELD_KEYS"):
        secrets.decrypt("integrations_connection", ROW, sealed)


def test_an_older_key_still_opens_and_the_newest_seals(settings: Any) -> None:
    settings.FIELD_KEYS = [OLD]
    sealed = secrets.encrypt("integrations_connection", ROW, {"access": "a"})
    settings.FIELD_KEYS = [NEW, OLD]

    assert secrets.decrypt("integrations_connection", ROW, sealed) == {"access": "a"}
    assert not secrets.under_newest_key(sealed)
    assert secrets.under_newest_key(secrets.rotated(sealed))


def test_tokens_show_in_no_repr() -> None:
    assert "access-1" not in repr(TOKENS)
    assert "refresh-1" not in repr(TOKENS)


def test_rotating_keys_reseals_every_connection_of_every_business(plumber: Firm, rival: Firm, settings: Any) -> None:
    settings.FIELD_KEYS = [OLD]
    for firm in (plumber, rival):
        with acting_for(firm.business.pk):
            access.keep(firm.connection, TOKENS)
    settings.FIELD_KEYS = [NEW, OLD]
    out = StringIO()

    call_command("rotate_keys", stdout=out)

    settings.FIELD_KEYS = [NEW]
    for firm in (plumber, rival):
        with acting_for(firm.business.pk):
            assert access.opened(Connection.objects.get())["refresh"] == "refresh-1"
    assert out.getvalue() == "2 secrets are under the newest key (2 resealed). Older keys may go.\n"


def test_rotating_twice_reseals_nothing_the_second_time(plumber: Firm, settings: Any) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    access.keep(plumber.connection, TOKENS)
    out = StringIO()

    call_command("rotate_keys", stdout=out)

    assert out.getvalue() == "1 secrets are under the newest key (0 resealed). Older keys may go.\n"


def test_a_secret_no_key_opens_is_named_and_the_others_are_resealed(plumber: Firm, rival: Firm, settings: Any) -> None:
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    access.keep(plumber.connection, TOKENS)
    settings.FIELD_KEYS = [OLD]
    with acting_for(rival.business.pk):
        access.keep(rival.connection, TOKENS)
    settings.FIELD_KEYS = [NEW, OLD]

    with pytest.raises(CommandError, match=f"1 secrets cannot be opened.*{plumber.connection.pk}"):
        call_command("rotate_keys", stdout=StringIO())

    with acting_for(rival.business.pk):
        assert secrets.under_newest_key(bytes(Connection.objects.get().secrets))
