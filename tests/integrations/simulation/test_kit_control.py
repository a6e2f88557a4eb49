"""The control API: what it moves, what it refuses, and what the journal keeps to itself."""

import time
from datetime import date, timedelta

from tests.integrations.simulation.server import SimControl, running
from tests.integrations.simulation.vendor import BIG, SMALL, AcmeSimConfig, create_app

LINES = [{"description": "Drain", "quantity": "1.5", "price": "99.90", "item": "DRAIN"}]


def test_companies_are_named_before_their_books_are_opened(acme: SimControl) -> None:
    assert acme.companies() == {BIG: "Ava's Plumbing", SMALL: "Fern & Field"}


def test_books_are_counted(acme: SimControl) -> None:
    counts = acme.counts(SMALL)

    assert (counts["name"], counts["invoices"]) == ("Fern & Field", 20)
    assert sum(counts["invoice_statuses"].values()) == 20


def test_every_verb_answers_with_neutral_fields(acme: SimControl) -> None:
    customer = acme.act(BIG, "add_customer", name="Ada", phones={"mobile": "(813) 555-0100"}, terms_days=10)
    invoice = acme.act(BIG, "add_invoice", customer=customer["id"], lines=LINES, issued_on="2026-01-05", tax="7.50")
    payment = acme.act(BIG, "pay", customer=customer["id"], amount="100", applied={invoice["id"]: "50.00"})
    credit = acme.act(BIG, "add_credit", customer=customer["id"], total="20.00", reason="Goodwill")
    acme.act(BIG, "apply_credit", id=credit["id"], invoice=invoice["id"], amount="5.35")

    assert (invoice["total"], invoice["due_on"], invoice["lines"][0]["quantity"]) == ("157.35", "2026-01-15", "1.5")
    assert payment["unapplied"] == "50.00"
    found = acme.truth(BIG)[invoice["id"]]
    assert (found["paid"], found["credited"], found["balance"]) == ("50.00", "5.35", "102.00")


def test_a_payment_is_settled_refunded_and_reversed(acme: SimControl) -> None:
    invoice = acme.act(BIG, "add_invoice", customer="cus_1", lines=[{"description": "Work", "price": "80"}])["id"]
    payment = acme.act(BIG, "pay", customer="cus_1", amount="80", applied={invoice: "80"}, status="pending")["id"]
    balances = [acme.truth(BIG)[invoice]["balance"]]
    for verb, arguments in (
        ("settle_payment", {"status": "received"}),
        ("refund", {"amount": "30"}),
        ("reverse_payment", {}),
    ):
        acme.act(BIG, verb, id=payment, **arguments)
        balances.append(acme.truth(BIG)[invoice]["balance"])

    assert balances == ["80.00", "0.00", "30.00", "80.00"]


def test_what_the_books_refuse_changes_nothing(acme: SimControl) -> None:
    invoice = acme.act(BIG, "add_invoice", customer="cus_1", lines=LINES)
    before = acme.truth(BIG)

    too_much = acme.refused(BIG, "pay", customer="cus_1", amount="500", applied={invoice["id"]: "500"})
    assert too_much == f"only 149.85 is owed on invoice {invoice['number']}"
    assert acme.refused(BIG, "void_invoice", id="inv_0") == "inv_0"
    assert "there is no explode" in acme.refused(BIG, "explode")
    assert "amount must be a number" in acme.refused(BIG, "pay", customer="cus_1", amount="ten")
    assert "unexpected keyword" in acme.refused(BIG, "add_customer", name="Ada", shoe_size=42)
    assert "there is no company acme-9" in acme.refused("acme-9", "add_customer", name="Ada")

    assert acme.truth(BIG) == before


def test_odd_fields_are_laid_over_the_answer_and_taken_away_again(acme: SimControl) -> None:
    token = acme.connect(BIG)["access_token"]
    invoice = acme.act(BIG, "add_invoice", customer="cus_1", lines=LINES)

    def rendered() -> object:
        return acme.http.get(f"/invoices/{invoice['id']}", headers={"Authorization": f"Bearer {token}"}).json()

    plain = rendered()
    acme.odd(BIG, "invoice", invoice["id"], {"number": None, "total": "__drop__", "surprise": [1]})
    assert rendered() == {"id": invoice["id"], "number": None, "owed": 149.85, "surprise": [1]}
    acme.odd(BIG, "invoice", invoice["id"], {})

    assert rendered() == plain


def test_the_worlds_clock_moves_the_books_and_not_the_tokens(acme: SimControl) -> None:
    token = acme.connect(BIG)["access_token"]
    today = date.fromisoformat(acme.counts(BIG)["today"])

    acme.clock(offset_seconds=40 * 86_400)

    assert date.fromisoformat(acme.counts(BIG)["today"]) == today + timedelta(days=40)
    invoice = acme.act(BIG, "add_invoice", customer="cus_1", lines=LINES)
    assert invoice["issued_on"] == str(today + timedelta(days=40))
    assert acme.http.get("/invoices", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_connections_expire_and_end_on_demand(acme: SimControl) -> None:
    tokens = acme.connect(BIG, scopes=["invoices", "payments"])
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    acme.expire(BIG)
    assert acme.http.get("/invoices", headers=headers).json() == {"error": "expired"}
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    fresh = acme.http.post("/token", data=form).json()
    headers = {"Authorization": f"Bearer {fresh['access_token']}"}
    assert acme.http.get("/invoices", headers=headers).status_code == 200

    assert acme.disconnect(BIG) == 1
    assert acme.http.get("/invoices", headers=headers).json() == {"error": "revoked"}
    assert [one["ended"] for one in acme.connections()] == [True]


def test_settings_change_while_it_runs_and_secrets_stay_masked(acme: SimControl) -> None:
    shown = acme.settings(calls_per_minute=1)

    assert (shown["calls_per_minute"], shown["client_secret"]) == (1, "…")
    assert shown["webhook_key"] == "sand…-key"
    token = acme.connect(BIG)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert [acme.http.get("/invoices", headers=headers).status_code for _ in range(2)] == [200, 429]
    assert "calls_per_minute must be int" in acme.raw("POST", "settings", {"calls_per_minute": "many"}).json()["error"]


def test_the_journal_masks_what_is_secret(acme: SimControl) -> None:
    token = acme.connect(BIG)["access_token"]
    acme.http.get("/invoices?access_token=hush&page=2", headers={"Authorization": f"Bearer {token}"})
    acme.http.post("/token", data={"grant_type": "authorization_code", "code": "hush", "redirect_uri": "x"})
    acme.http.post("/token", json={"client_secret": "hush", "refresh_token": "hush", "scope": "seen"})

    entries = acme.requests()[-3:]

    assert "hush" not in str(entries)
    assert token not in str(entries)
    assert entries[0]["params"] == [["access_token", "***"], ["page", "2"]]
    assert entries[0]["headers"]["authorization"] == "Bearer ***"
    assert entries[0]["account"] == BIG
    assert entries[1]["body"] == "grant_type=authorization_code&code=***&redirect_uri=x"
    assert '"scope": "seen"' in entries[2]["body"]


def test_a_reset_brings_back_the_world_as_it_was_born(acme: SimControl) -> None:
    born = acme.counts(BIG)
    acme.act(BIG, "add_customer", name="Ada")
    acme.settings(calls_per_minute=1)
    acme.fault("slow")
    acme.clock(offset_seconds=86_400)
    acme.connect(BIG)

    acme.reset(keep_connections=True)
    assert len(acme.connections()) == 1
    acme.reset()

    assert acme.counts(BIG) == born
    assert acme.settings()["calls_per_minute"] == 100
    assert (acme.faults(), acme.connections(), acme.requests()) == ([], [], [])


def test_a_misspelled_control_request_is_refused(acme: SimControl) -> None:
    assert acme.raw("POST", "clock", {"offset_seconds": 1, "days": 1}).json()["error"] == "unknown: days"
    assert acme.raw("POST", "clock", [1]).json()["error"] == "the body must be a JSON object"
    assert "say access: true" in acme.raw("POST", "expire", {}).json()["error"]


def test_a_path_nobody_serves_is_journaled(acme: SimControl) -> None:
    assert acme.http.get("/nowhere/at/all").status_code == 404
    assert acme.requests()[-1]["path"] == "/nowhere/at/all"


def test_twenty_thousand_invoices_come_in_seconds_and_are_counted_at_once() -> None:
    with running(create_app(AcmeSimConfig(invoices=30))) as url:
        acme = SimControl(url)
        started = time.process_time()
        acme.fill(BIG, invoices=20_000, customers=500, seed=7)
        filled = time.process_time() - started
        started = time.process_time()
        counts = acme.counts(BIG)
        counted = time.process_time() - started

    assert (counts["invoices"], filled < 10, counted < 0.5) == (20_030, True, True)


def test_the_consent_page_names_the_vendor_and_the_companies(acme: SimControl) -> None:
    text = acme.http.get("/authorize").text

    assert "Sandbox: simulated Acme Books" in text
    assert 'name="account" value="acme-1" checked' in text
    assert "Fern &amp; Field" in text
