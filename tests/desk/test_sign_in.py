"""From making an account to the first page, and a password forgotten on the way, in our words."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from syntharra.identifiers import uuid7


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> None:
    """Sign-in counts its tries in the cache; those of an earlier run are not ours."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(uuid7())}
    }


def link_of(letter: object) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", str(letter))
    assert found is not None
    return found[1]


def test_a_newcomer_makes_an_account_and_confirms_the_address(db: None) -> None:
    browser = Client()
    secret = {"password1": "plumbing is an art 9", "password2": "plumbing is an art 9"}

    answer = browser.post("/accounts/signup/", {"email": "nora@buckeye.example", **secret}, follow=True)
    assert "Check your mail" in answer.content.decode()
    (letter,) = mail.outbox
    assert letter.subject == "Confirm your address"
    assert "One click, and this address is yours at Syntharra" in letter.body

    page = browser.get(link_of(letter.body))
    assert "One click, and nora@buckeye.example is yours here." in page.content.decode()
    browser.post(link_of(letter.body))
    login = {"login": "nora@buckeye.example", "password": "plumbing is an art 9"}
    answer = browser.post("/accounts/login/", login, follow=True)

    assert answer.redirect_chain[-1] == ("/businesses/new/", 302)
    assert User.objects.get().email == "nora@buckeye.example"


def test_a_forgotten_password_is_chosen_anew(plumber: object) -> None:
    browser = Client()

    answer = browser.post("/accounts/password/reset/", {"email": "ava@avasplumbing.example"}, follow=True)
    assert "If we know that address" in answer.content.decode()
    page = browser.get(link_of(mail.outbox[0].body), follow=True)
    assert "Choose a new password" in page.content.decode()
    words = {"password1": "a wrench in the works 7", "password2": "a wrench in the works 7"}
    done = browser.post(page.redirect_chain[-1][0], words, follow=True)

    assert "Your password is changed" in done.content.decode()


def test_a_wrong_password_is_said_beside_the_form(plumber: object) -> None:
    answer = Client().post("/accounts/login/", {"login": "ava@avasplumbing.example", "password": "no"})

    assert 'class="form-errors" role="alert"' in answer.content.decode()


def test_the_pages_around_an_account_are_in_our_frame(ava: Client) -> None:
    pages = (
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/accounts/logout/",
    )

    assert [page for page in pages if 'class="rail"' not in ava.get(page).content.decode()] == []
