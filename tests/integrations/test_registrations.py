"""Webhooks with a key of their own: who may say what the key is."""

import pytest

from integrations import registrations
from integrations.models import Registration
from syntharra.clock import now
from tests.cast import Firm

pytestmark = pytest.mark.django_db


def test_a_key_the_vendor_has_confirmed_is_not_replaced_by_whoever_knows_the_address(plumber: Firm) -> None:
    row = registrations.keep(plumber.connection, "2001", "the vendor's own")
    Registration.objects.filter(pk=row.pk).update(verified_at=now())

    registrations.heard(plumber.connection.pk, "2001", "somebody's")

    assert [key.secret for key in registrations.keys_of(plumber.connection)] == ["the vendor's own"]


def test_a_key_nobody_has_confirmed_yet_may_come_again(plumber: Firm) -> None:
    registrations.heard(plumber.connection.pk, "2001", "first")
    registrations.heard(plumber.connection.pk, "2001", "second")

    assert registrations.keys_of(plumber.connection) == []
    Registration.objects.update(verified_at=now())
    assert [key.secret for key in registrations.keys_of(plumber.connection)] == ["second"]


def test_codes_of_somebody_who_knows_the_address_fill_no_table_and_keep_none_of_the_vendors_out(plumber: Firm) -> None:
    for number in range(registrations.MOST_CALLBACKS + 5):
        registrations.heard(plumber.connection.pk, str(9000 + number), "somebody's")
    assert Registration.objects.count() == registrations.MOST_CALLBACKS

    registrations.keep(plumber.connection, "2001", "")  # as the vendor named it when we asked
    registrations.heard(plumber.connection.pk, "2001", "the vendor's own")

    Registration.objects.filter(name="2001").update(verified_at=now())
    assert [key.secret for key in registrations.keys_of(plumber.connection)] == ["the vendor's own"]
