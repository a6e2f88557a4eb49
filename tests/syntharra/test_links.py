"""A signed link opens one page for whoever holds it: not guessed, not used twice, not after its time."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from syntharra import links
from syntharra.models import Link, LinkDoor
from syntharra.tenancy import acting_for_none, business_or_none
from tests.cast import Firm, make_invoice

MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)


def test_the_link_opens_its_page_for_its_business_only(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    token = links.make("dispute", invoice.pk, lasts=timedelta(days=1), scope={"claim": "c"})

    with acting_for_none(), links.opened(token, purpose="dispute") as link:
        inside = (link.subject, link.scope, business_or_none())

    assert inside == (invoice.pk, {"claim": "c"}, plumber.business.pk)


def test_the_token_is_kept_nowhere(plumber: Firm) -> None:
    token = links.make("dispute", make_invoice(plumber).pk, lasts=timedelta(days=1))

    kept = str(list(Link.objects.values())) + str(list(LinkDoor.objects.values()))

    assert token not in kept
    assert len(token) >= 27


@pytest.mark.parametrize("token", ["", "x", "a" * 27, "../../etc/passwd", "\x00", "é" * 20])
def test_a_guessed_token_opens_nothing(plumber: Firm, token: str) -> None:
    with pytest.raises(links.DeadLink, match="unknown"), links.opened(token, purpose="dispute"):
        pass


def test_a_link_for_one_thing_does_not_open_another(plumber: Firm) -> None:
    token = links.make("dispute", make_invoice(plumber).pk, lasts=timedelta(days=1))

    with pytest.raises(links.DeadLink, match="unknown"), links.opened(token, purpose="sign_in"):
        pass


def test_a_link_ends_with_its_time(plumber: Firm) -> None:
    with time_machine.travel(MONDAY, tick=False):
        token = links.make("dispute", make_invoice(plumber).pk, lasts=timedelta(days=1))

    with (
        time_machine.travel(MONDAY + timedelta(days=1), tick=False),
        pytest.raises(links.DeadLink, match="expired"),
        links.opened(token, purpose="dispute"),
    ):
        pass


def test_an_acting_link_is_used_once(plumber: Firm) -> None:
    token = links.make("sign_in", plumber.business.pk, lasts=timedelta(days=1))

    with links.opened(token, purpose="sign_in") as link:
        links.use(link)
        with pytest.raises(links.DeadLink, match="used"):
            links.use(link)

    with pytest.raises(links.DeadLink, match="used"), links.opened(token, purpose="sign_in"):
        pass


def test_a_revoked_link_opens_nothing(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    token = links.make("dispute", invoice.pk, lasts=timedelta(days=1))

    assert links.revoke("dispute", invoice.pk) == 1

    with pytest.raises(links.DeadLink, match="revoked"), links.opened(token, purpose="dispute"):
        pass
