"""Codes and tokens under the rules a vendor sets."""

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from integrations.simulation.tokens import Grant, TokenError, TokenRules, Tokens

CALLBACK = "https://app.example/callback"


@pytest.fixture
def passing() -> Iterator[Callable[[float], None]]:
    """Machine time that passes only when told to."""
    with time_machine.travel(1_800_000_000, tick=False) as traveller:
        yield traveller.shift


def server(**rules: Any) -> Tokens:
    defaults: dict[str, Any] = {"access_seconds": 1800, "refresh_seconds": 86_400, "rotate": True}
    return Tokens(TokenRules(**{**defaults, **rules}))


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(TokenError) as refusal:
        work()
    return refusal.value.reason


def code_of(tokens: Tokens, **more: Any) -> str:
    return tokens.issue_code(["acme-1"], redirect_uri=CALLBACK, scopes={"read"}, **more)


def test_a_code_buys_tokens_for_what_was_consented_to() -> None:
    tokens = server()

    grant = tokens.redeem(code_of(tokens, user="Ava"), redirect_uri=CALLBACK)

    assert (grant.accounts, grant.scopes, grant.user) == (["acme-1"], {"read"}, "Ava")
    assert tokens.grant_of(grant.access_token) is grant


def test_a_code_used_twice_ends_the_grant_it_made() -> None:
    tokens = server()
    code = code_of(tokens)
    grant = tokens.redeem(code, redirect_uri=CALLBACK)

    assert refused(lambda: tokens.redeem(code, redirect_uri=CALLBACK)) == "spent_code"

    assert refused(lambda: tokens.grant_of(grant.access_token)) == "revoked"
    assert refused(lambda: tokens.refresh(grant.refresh_token)) == "revoked"


def test_a_code_is_refused_late_or_elsewhere_or_unknown(passing: Callable[[float], None]) -> None:
    tokens = server(code_seconds=120)
    code = code_of(tokens)

    assert refused(lambda: tokens.redeem("nonsense", redirect_uri=CALLBACK)) == "unknown_code"
    assert refused(lambda: tokens.redeem(code, redirect_uri=CALLBACK + "/")) == "wrong_redirect"
    passing(120)
    assert refused(lambda: tokens.redeem(code, redirect_uri=CALLBACK)) == "expired_code"
    assert tokens.grants == []


def test_a_challenged_code_needs_its_verifier() -> None:
    tokens = server()
    verifier = "a-verifier-that-is-long-enough-to-be-one-43-characters"
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    code = code_of(tokens, challenge=challenge)

    assert refused(lambda: tokens.redeem(code, redirect_uri=CALLBACK)) == "wrong_verifier"
    assert refused(lambda: tokens.redeem(code, redirect_uri=CALLBACK, verifier=challenge)) == "wrong_verifier"

    assert tokens.redeem(code, redirect_uri=CALLBACK, verifier=verifier).extra == {"pkce": True}
    plain = code_of(tokens, challenge=verifier, method="plain")
    assert tokens.redeem(plain, redirect_uri=CALLBACK, verifier=verifier).accounts == ["acme-1"]


def test_an_access_token_runs_out_and_a_refresh_makes_a_new_one(passing: Callable[[float], None]) -> None:
    tokens = server()
    grant = tokens.grant(["acme-1"], {"read"})
    first = grant.access_token
    passing(1800)

    assert refused(lambda: tokens.grant_of(first)) == "expired"
    tokens.refresh(grant.refresh_token)

    assert tokens.grant_of(grant.access_token) is grant
    assert grant.access_expires_at == time.time() + 1800
    assert refused(lambda: tokens.grant_of("nonsense")) == "unknown"


def test_without_grace_a_replaced_refresh_token_dies_at_once() -> None:
    tokens = server()
    grant = tokens.grant(["acme-1"], {"read"})
    old = grant.refresh_token

    tokens.refresh(old)

    assert refused(lambda: tokens.refresh(old)) == "revoked"
    assert tokens.refresh(grant.refresh_token) is grant


def test_with_grace_a_replaced_refresh_token_works_a_while_longer(passing: Callable[[float], None]) -> None:
    tokens = server(grace_seconds=1800)
    grant = tokens.grant(["acme-1"], {"read"})
    old = grant.refresh_token
    tokens.refresh(old)
    lost = grant.refresh_token
    passing(1799)

    tokens.refresh(old)

    assert grant.refresh_token not in (old, lost)
    passing(1)
    assert refused(lambda: tokens.refresh(old)) == "revoked"
    assert tokens.refresh(lost) is grant


def test_without_rotation_the_refresh_token_stays_the_same(passing: Callable[[float], None]) -> None:
    tokens = server(rotate=False, refresh_seconds=None)
    grant = tokens.grant(["acme-1"], {"read"})
    refresh_token = grant.refresh_token
    passing(10 * 365 * 86_400)

    tokens.refresh(refresh_token)

    assert (grant.refresh_token, grant.refresh_expires_at) == (refresh_token, None)


def test_a_refresh_token_left_unused_runs_out(passing: Callable[[float], None]) -> None:
    tokens = server(refresh_seconds=600)
    grant = tokens.grant(["acme-1"], {"read"})
    passing(599)
    tokens.refresh(grant.refresh_token)
    passing(600)

    assert refused(lambda: tokens.refresh(grant.refresh_token)) == "expired"
    assert refused(lambda: tokens.refresh("nonsense")) == "unknown"


def test_refreshing_too_often_is_refused_until_the_window_is_over(passing: Callable[[float], None]) -> None:
    tokens = server(rotate=False, refreshes_per_window=(2, 600))
    grant = tokens.grant(["acme-1"], {"read"})
    tokens.refresh(grant.refresh_token)
    tokens.refresh(grant.refresh_token)

    assert refused(lambda: tokens.refresh(grant.refresh_token)) == "too_often"

    passing(600)
    assert tokens.refresh(grant.refresh_token) is grant


def test_one_access_token_too_many_kills_the_oldest() -> None:
    tokens = server(rotate=False, most_access=2)
    grant = tokens.grant(["acme-1"], {"read"})
    first = grant.access_token
    tokens.refresh(grant.refresh_token)
    second = grant.access_token
    tokens.refresh(grant.refresh_token)

    assert refused(lambda: tokens.grant_of(first)) == "expired"
    assert tokens.living_access(grant) == [second, grant.access_token]


def test_one_grant_too_many_for_a_user_ends_the_oldest() -> None:
    tokens = server(most_refresh_per_user=2)
    of_another = tokens.grant(["acme-1"], {"read"}, user="Ben")
    grants = [tokens.grant(["acme-1"], {"read"}, user="Ava") for _ in range(3)]

    assert [one.ended for one in grants] == [True, False, False]
    assert not of_another.ended


def test_a_grant_may_come_without_a_refresh_token() -> None:
    tokens = server()

    grant = tokens.redeem(code_of(tokens, refreshable=False), redirect_uri=CALLBACK)

    assert grant.refresh_token == ""
    assert refused(lambda: tokens.refresh("")) == "unknown"


def test_revoking_either_token_ends_the_grant_once() -> None:
    tokens = server()
    first, second = tokens.grant(["acme-1"], {"read"}), tokens.grant(["acme-1"], {"read"})

    assert tokens.revoke(first.access_token)
    assert tokens.revoke(second.refresh_token)

    assert (first.ended, second.ended) == (True, True)
    assert not tokens.revoke(first.access_token)
    assert not tokens.revoke("nonsense")


def test_an_owner_who_disconnects_takes_one_company_out_of_a_grant_of_two() -> None:
    tokens = server()
    both, one = tokens.grant(["acme-1", "acme-2"], {"read"}), tokens.grant(["acme-1"], {"read"})

    assert tokens.revoke_account("acme-1") == 2

    assert (both.accounts, both.ended) == (["acme-2"], False)
    assert (one.accounts, one.ended) == (["acme-1"], True)


def test_rules_may_differ_from_grant_to_grant() -> None:
    def rules(grant: Grant | None) -> TokenRules:
        pkce = grant is not None and "pkce" in grant.extra
        return TokenRules(access_seconds=60, refresh_seconds=7_776_000 if pkce else None, rotate=pkce)

    tokens = Tokens(rules)
    plain = tokens.redeem(code_of(tokens), redirect_uri=CALLBACK)
    pkce = tokens.redeem(code_of(tokens, challenge="v", method="plain"), redirect_uri=CALLBACK, verifier="v")
    before = pkce.refresh_token
    tokens.refresh(before)

    assert plain.refresh_expires_at is None
    assert pkce.refresh_token != before


def test_grants_kept_in_a_file_work_again() -> None:
    tokens, later = server(grace_seconds=60), server(grace_seconds=60)
    grant = tokens.grant(["acme-1"], {"read", "write"})
    old = grant.refresh_token
    tokens.refresh(old)

    later.bring_back(tokens.kept())

    assert later.grant_of(grant.access_token).scopes == {"read", "write"}
    assert later.refresh(old).id == grant.id
