"""The operator says that a firm's texts are registered; doctor says where they are not."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Business
from compliance import texting
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_business

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("operator", "--by", "Olga", *arguments, stdout=out, stderr=StringIO())
    return [json.loads(line) for line in out.getvalue().splitlines()]


def switched_off(business: Business) -> list[str]:
    out = StringIO()
    with pytest.raises(CommandError, match="missing"):
        call_command("doctor", "--json", stdout=out)
    (mine,) = [one for one in json.loads(out.getvalue())["businesses"] if one["id"] == str(business.pk)]
    return [lack["code"] for lack in mine["switched_off"]]


def test_texts_are_off_until_the_operator_registered_them_and_off_again_when_they_end() -> None:
    live = make_business("Lena's Lawns", email="lena@lawns.example", sandbox=False).business
    assert switched_off(live) == ["messaging"]

    listed = run("messaging", str(live.pk), "--reference", "brand BN1, campaign CM1")

    shown = {"kind": "messaging", "number": str(live.pk), "name": live.name, "reference": "brand BN1, campaign CM1"}
    assert shown in listed
    assert switched_off(live) == []
    assert shown not in run("end-messaging", str(live.pk))
    assert switched_off(live) == ["messaging"]
    with acting_for(live.pk):
        assert texting.is_off(live)


def test_a_sandbox_needs_none_and_nobody_registers_a_firm_that_is_not_there(plumber: Firm, rival: Firm) -> None:
    assert not texting.is_off(plumber.business)
    for arguments, why in (
        (("messaging", str(plumber.business.pk), "--reference", "x"), "a sandbox needs none"),
        (("messaging", "01890000-0000-7000-8000-000000000000", "--reference", "x"), "no business has the id"),
    ):
        with pytest.raises(CommandError, match=why):
            run(*arguments)
    assert texting.registration() is None


def test_one_firms_registration_is_no_others() -> None:
    first = make_business("Lena's Lawns", email="lena@lawns.example", sandbox=False).business
    second = make_business("Ben's Roofs", email="ben@roofs.example", sandbox=False).business
    run("messaging", str(first.pk), "--reference", "brand BN1")

    with acting_for(second.pk):
        assert texting.is_off(second)
