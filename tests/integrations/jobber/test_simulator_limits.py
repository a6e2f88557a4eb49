"""Points and calls: what a query costs, what the throttled see, and the guard in front."""

import time
from collections.abc import Iterator

import pytest

from integrations.jobber.simulator import PLUMBER
from tests.integrations.jobber.simulator import INVOICES, Jobber, running_simulator

ACCOUNT = "{ account { id } }"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator(invoices=120) as url:
        yield url


@pytest.fixture
def jobber(base_url: str) -> Jobber:
    jobber = Jobber(base_url)
    jobber.sim.reset()
    return jobber.connect()


def test_the_limits_are_jobbers_own(base_url: str) -> None:
    with running_simulator(points_per_second=500) as url:
        settings = Jobber(url).sim.settings()

    assert (settings["most_points"], settings["points_per_second"]) == (10_000, 500)
    assert (settings["calls_per_window"], settings["window_seconds"]) == (2500, 300)


def test_points_are_taken_for_what_came_and_not_for_what_was_asked(jobber: Jobber) -> None:
    jobber.sim.settings(points_per_second=1)
    newest = max(one["updatedAt"] for one in jobber.all_invoices(first=40))
    before = jobber.post(ACCOUNT).json()["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"]

    answer = jobber.post(INVOICES, first=50, filter={"updatedAt": {"after": newest}}).json()

    rows = len(answer["data"]["invoices"]["nodes"])
    cost = answer["extensions"]["cost"]
    assert rows < 10
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (4 + 50 * 21, 4 + rows * 21)
    assert before - cost["throttleStatus"]["currentlyAvailable"] - cost["actualQueryCost"] in (-1, 0, 1)


def test_an_empty_bucket_throttles_with_200_and_fills_again(jobber: Jobber) -> None:
    jobber.sim.settings(most_points=1100, points_per_second=2000)
    jobber.ask(INVOICES, first=50)

    answer = jobber.post(INVOICES, first=50)

    assert answer.status_code == 200
    body = answer.json()
    assert "data" not in body
    assert body["errors"] == [
        {
            "message": "Throttled",
            "extensions": {
                "code": "THROTTLED",
                "documentation": "https://developer.getjobber.com/docs/using_jobbers_api/api_rate_limits",
            },
        }
    ]
    cost = body["extensions"]["cost"]
    missing = cost["requestedQueryCost"] - cost["throttleStatus"]["currentlyAvailable"]
    assert 0 < missing <= 1054
    time.sleep(missing / cost["throttleStatus"]["restoreRate"] + 0.01)
    assert len(jobber.ask(INVOICES, first=50)["invoices"]["nodes"]) == 50


def test_throttling_may_say_nothing_of_cost(jobber: Jobber) -> None:
    jobber.sim.settings(most_points=1, throttled_tells_cost=False)

    answer = jobber.post(ACCOUNT).json()

    assert sorted(answer) == ["errors"]


def test_a_query_dearer_than_the_bucket_never_passes(jobber: Jobber) -> None:
    query = "{ clients(first: 100) { nodes { invoices { nodes { id } } } } }"

    errors = jobber.errors(query)

    assert errors[0]["extensions"]["code"] == "THROTTLED"
    cheaper = query.replace("invoices {", "invoices(first: 50) {")
    assert len(jobber.ask(cheaper)["clients"]["nodes"]) > 20


def test_rows_nobody_limited_cost_as_a_hundred(jobber: Jobber) -> None:
    cost = jobber.post("{ invoices { nodes { id } pageInfo { hasNextPage } } }").json()["extensions"]["cost"]

    assert cost["requestedQueryCost"] == 1 + 100 + 2


def test_the_call_past_2500_in_five_minutes_is_a_plain_429(jobber: Jobber) -> None:
    jobber.sim.settings(calls_per_window=3)

    answers = [jobber.post(ACCOUNT) for _ in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert (answers[3].text, answers[3].headers["content-type"]) == ("Too Many Requests", "text/plain; charset=utf-8")
    assert "retry-after" not in answers[3].headers


def test_each_account_has_limits_of_its_own(jobber: Jobber) -> None:
    jobber.sim.settings(calls_per_window=1, most_points=2)
    other = Jobber(jobber.base_url, PLUMBER).connect()

    assert jobber.post(ACCOUNT).status_code == 200
    assert jobber.post(ACCOUNT).status_code == 429
    assert other.ask(ACCOUNT)["account"]["id"] == PLUMBER
