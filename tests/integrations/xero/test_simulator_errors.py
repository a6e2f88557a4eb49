"""Limits, headers and every refusal of the vendor's table, by doing the wrong thing and on demand."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from integrations.xero.simulator import AGENCY, KINDS, LAW_FIRM, XeroSimConfig, create_app
from tests.integrations.simulation.server import SimControl, running
from tests.integrations.xero.simulator import BASIC, App, simulated


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with simulated() as url:
        yield url


@pytest.fixture
def app(base_url: str) -> App:
    app = App(base_url)
    app.sim.reset()
    return app.connected()


def test_every_good_answer_says_what_is_left(app: App) -> None:
    app.sim.settings(minute_limit=60)

    app.call("GET", "Organisation")
    answer = app.call("GET", "Organisation")

    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    left = [answer.headers[f"x-{kind}limit-remaining"] for kind in ("min", "day", "appmin")]
    assert left == ["58", "4998", "9998"]
    assert len(answer.headers["xero-correlation-id"]) == 36


@pytest.mark.parametrize(
    ("setting", "problem", "most"),
    [("minute_limit", "minute", 60), ("day_limit", "day", 86400), ("app_minute_limit", "appminute", 60)],
)
def test_a_used_up_limit_names_itself_and_how_long_to_wait(app: App, setting: str, problem: str, most: int) -> None:
    app.sim.settings(**{setting: 2})

    answers = [app.call("GET", "Organisation") for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].headers["x-rate-limit-problem"] == problem
    assert most - 5 <= int(answers[2].headers["retry-after"]) <= most
    assert answers[2].content == b""


def test_limits_of_one_organisation_leave_the_other_alone(app: App) -> None:
    app.sim.settings(minute_limit=1)
    other = App(app.base_url, tenant=AGENCY).connected()

    first, second = app.call("GET", "Organisation"), app.call("GET", "Organisation")

    assert (first.status_code, second.status_code) == (200, 429)
    assert other.call("GET", "Organisation").status_code == 200


def test_a_sixth_call_at_once_is_refused(app: App) -> None:
    app.sim.settings(concurrent_limit=2, latency_seconds=0.4)
    answers: list[httpx2.Response] = []

    def ask() -> None:
        answers.append(App(app.base_url, token=app.token).call("GET", "Organisation"))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    refused = [one for one in answers if one.status_code == 429]
    assert sorted(one.status_code for one in answers) == [200, 200, 429]
    assert refused[0].headers["x-rate-limit-problem"] == "concurrent"


def test_a_token_that_ran_out_and_one_that_never_was_are_told_apart(app: App) -> None:
    never = app.call("GET", "Organisation", headers={"Authorization": "Bearer nonsense"})
    missing = app.call("GET", "Organisation", headers={"Authorization": None})
    app.sim.expire()
    expired = app.call("GET", "Organisation")

    assert [one.status_code for one in (never, missing, expired)] == [401, 401, 401]
    assert set(expired.json()) == {"Type", "Title", "Status", "Detail", "Instance", "Extensions"}
    assert expired.json()["Detail"].startswith("TokenExpired: token expired at ")
    assert (never.json()["Title"], never.json()["Detail"]) == ("Unauthorized", "AuthenticationUnsuccessful")
    assert missing.json()["Detail"] == "AuthenticationUnsuccessful"


@pytest.mark.parametrize("tenant", [None, AGENCY, "nonsense"])
def test_an_organisation_that_is_not_connected_is_forbidden(app: App, tenant: str | None) -> None:
    answer = app.call("GET", "Organisation", headers={"xero-tenant-id": tenant})

    assert answer.status_code == 403
    assert set(answer.json()) == {"title", "status", "detail", "instance"}


def test_each_address_needs_its_scope_and_writing_needs_more_than_reading(app: App) -> None:
    app.connected(scopes=["accounting.invoices.read", "accounting.contacts"])

    reading = {path: app.call("GET", path).status_code for path in ("Invoices", "CreditNotes", "Contacts")}
    without = app.call("GET", "Payments")
    writing = app.send("PUT", "CreditNotes", {"Type": "ACCRECCREDIT"})
    app.sim.settings(missing_scope_status=403)

    assert set(reading.values()) == {200}
    assert (without.status_code, without.json()["Detail"]) == (401, "AuthenticationUnsuccessful")
    assert writing.status_code == 401
    assert app.call("GET", "Payments").status_code == 403


def test_what_is_not_there_is_a_text(app: App) -> None:
    missing = app.call("GET", "Invoices/7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001")
    nothing = app.call("GET", "Nonsense")

    for answer in (missing, nothing):
        assert (answer.status_code, answer.text) == (404, "The resource you're looking for cannot be found")
    assert app.call("DELETE", "Invoices").status_code == 405


def test_an_address_that_is_too_long_is_refused(app: App) -> None:
    ids = ",".join(["7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001"] * 150)

    assert app.call("GET", "Invoices", params={"IDs": ids}).status_code == 414


ON_DEMAND: dict[str, tuple[int, str]] = {
    "429-minute": (429, ""),
    "429-day": (429, ""),
    "429-appminute": (429, ""),
    "429-concurrent": (429, ""),
    "401-expired": (401, "TokenExpired"),
    "401-unsuccessful": (401, "AuthenticationUnsuccessful"),
    "403": (403, '"title":"Forbidden"'),
    "404": (404, "The resource you're looking for"),
    "400-validation": (400, "Invoice not of valid status for modification"),
    "400-query": (400, "QueryParseException"),
    "409": (409, "Conflict"),
    "412": (412, "Precondition Failed"),
    "500": (500, "unexpected error"),
    "503": (503, "currently unavailable"),
    "503-offline": (503, "organisation is offline"),
    "304": (304, ""),
    "invalid-grant": (400, "invalid_grant"),
}


def test_every_fault_of_the_vendor_is_in_this_table() -> None:
    assert set(ON_DEMAND) == set(KINDS)


@pytest.mark.parametrize("kind", ON_DEMAND)
def test_every_error_can_be_had_on_demand(app: App, kind: str) -> None:
    status, words = ON_DEMAND[kind]
    app.sim.fault(kind, retry_after=20_000 if kind == "429-day" else None)

    answer = app.call("GET", "Invoices", params={"page": 1})
    after = app.call("GET", "Invoices", params={"page": 1})

    assert answer.status_code == status
    assert words in answer.text
    assert after.status_code == 200
    if kind.startswith("429"):
        assert answer.headers["x-rate-limit-problem"] == kind.partition("-")[2]
        assert int(answer.headers["retry-after"]) == {"429-day": 20_000, "429-concurrent": 1}.get(kind, 17)


def test_a_refresh_can_be_refused_on_demand(app: App) -> None:
    app.sim.fault("invalid-grant", path="/connect/token")

    refused = app.refreshed(app.refresh_token)

    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})
    assert app.refreshed(app.refresh_token).status_code == 200


def test_an_answer_may_be_lost_after_the_work_was_done(app: App) -> None:
    made = app.one_invoice()
    app.sim.fault("drop-answer", path="History")

    with pytest.raises(httpx2.HTTPError):
        app.send("PUT", f"Invoices/{made['id']}/History", {"HistoryRecords": [{"Details": "Called"}]})

    history = app.get(f"Invoices/{made['id']}/History")["HistoryRecords"]
    assert [one["Details"] for one in history] == ["Called", ""]


def test_the_books_outlive_a_restart(tmp_path: Any) -> None:
    state = str(tmp_path / "xero.json")
    with simulated(state_file=state) as url:
        app = App(url).connected()
        made = app.one_invoice()
        app.sim.act(LAW_FIRM, "comment", id=made["id"], words="Spoke with Ana")
        before = app.get("Invoices", page=1, pageSize=1000)["Invoices"]
        history = app.get(f"Invoices/{made['id']}/History")["HistoryRecords"]
        connection = app.connections()

    with simulated(state_file=state) as url:
        again = App(url, token=app.token)

        assert again.get("Invoices", page=1, pageSize=1000)["Invoices"] == before
        assert again.get(f"Invoices/{made['id']}/History")["HistoryRecords"] == history
        assert again.connections() == connection


def test_it_works_under_a_prefix() -> None:
    simulator = create_app(XeroSimConfig(invoices=20, second_invoices=5))
    with running(Starlette(routes=[Mount("/xero", simulator)])) as url:
        tokens = SimControl(url, prefix="/xero").connect(LAW_FIRM)
        headers = {
            "Authorization": f"Bearer {tokens['access_token']}",
            "xero-tenant-id": LAW_FIRM,
            "Accept": "application/json",
        }
        [invoice] = httpx2.get(
            f"{url}/xero/api.xro/2.0/Invoices",
            params={"where": 'Type=="ACCREC" AND Status=="AUTHORISED"', "page": 1, "pageSize": 1},
            headers=headers,
        ).json()["Invoices"]
        online = httpx2.get(
            f"{url}/xero/api.xro/2.0/Invoices/{invoice['InvoiceID']}/OnlineInvoice", headers=headers
        ).json()["OnlineInvoices"][0]["OnlineInvoiceUrl"]

        assert online.startswith(f"{url}/xero/in/")
        assert httpx2.get(online).status_code == 200
        assert httpx2.post(f"{url}/xero/connect/token", headers={"Authorization": BASIC}).status_code == 400
