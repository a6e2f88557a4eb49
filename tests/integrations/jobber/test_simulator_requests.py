"""What the endpoint wants of a request, and what it says to one that is not as it should be."""

from collections.abc import Iterator
from typing import Any

import pytest

from integrations.jobber.simulator import LATEST_VERSION, PLUMBER
from tests.integrations.jobber.simulator import INVOICES, Jobber, running_simulator

ACCOUNT = "{ account { id } }"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def jobber(base_url: str) -> Jobber:
    jobber = Jobber(base_url)
    jobber.sim.reset()
    return jobber.connect()


def test_a_good_answer_tells_its_cost_and_its_version(jobber: Jobber) -> None:
    jobber.sim.settings(points_per_second=0)

    answer = jobber.post(ACCOUNT).json()

    assert sorted(answer) == ["data", "extensions"]
    assert answer["extensions"]["versioning"] == {"version": LATEST_VERSION}
    assert answer["extensions"]["cost"] == {
        "requestedQueryCost": 2,
        "actualQueryCost": 2,
        "throttleStatus": {"maximumAvailable": 10000, "currentlyAvailable": 9998, "restoreRate": 0},
    }


def test_without_a_version_header_nothing_is_answered(jobber: Jobber) -> None:
    answer = jobber.post(ACCOUNT, headers={"X-JOBBER-GRAPHQL-VERSION": None})

    assert (answer.status_code, answer.json()["message"]) == (400, "The X-JOBBER-GRAPHQL-VERSION header is required")


@pytest.mark.parametrize(
    ("sent", "served", "words"),
    [
        (None, "2025-01-20", "No version was given"),
        ("2025-01-20", "2025-01-20", "no longer supported"),
        ("2022-03-10", "2025-01-20", "was removed"),
        ("2021-01-01", "2025-01-20", "was removed"),
        ("2025-04-16", "2025-04-16", "scheduled to stop"),
    ],
)
def test_an_old_version_is_served_with_a_warning(jobber: Jobber, sent: str | None, served: str, words: str) -> None:
    jobber.sim.settings(missing_version="warning", expiring_versions=["2025-04-16"])

    answer = jobber.post(ACCOUNT, headers={"X-JOBBER-GRAPHQL-VERSION": sent}).json()

    assert answer["data"]["account"]["id"] == jobber.account
    assert answer["extensions"]["versioning"]["version"] == served
    assert words in answer["extensions"]["versioning"]["warning"]


@pytest.mark.parametrize("version", ["2099-01-01", "latest"])
def test_a_version_that_never_was_is_refused(jobber: Jobber, version: str) -> None:
    assert jobber.post(ACCOUNT, headers={"X-JOBBER-GRAPHQL-VERSION": version}).status_code == 400


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None])
def test_only_json_is_accepted(jobber: Jobber, content_type: str | None) -> None:
    assert jobber.post(ACCOUNT, headers={"Content-Type": content_type}).status_code == 415


def test_there_is_nothing_to_get(jobber: Jobber) -> None:
    assert jobber.http.get("/api/graphql").status_code == 404


def test_without_a_token_only_the_schema_is_told(jobber: Jobber) -> None:
    nobody = Jobber(jobber.base_url)

    data = nobody.post(ACCOUNT, headers={"Authorization": None})
    schema = nobody.post("{ __schema { queryType { name } } }", headers={"Authorization": None})

    refused = {"errors": [{"message": "Auth required", "extensions": {"code": "UNAUTHENTICATED"}}]}
    assert (data.status_code, data.json()) == (200, refused)
    assert schema.json()["data"] == {"__schema": {"queryType": {"name": "Query"}}}


def test_a_token_jobber_never_gave_is_401(jobber: Jobber) -> None:
    answer = jobber.post(ACCOUNT, headers={"Authorization": "Bearer never-was"})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_request")


def test_a_field_that_does_not_exist_is_named_with_its_place(jobber: Jobber) -> None:
    errors = jobber.errors("{ account { id foo } }")

    assert errors == [
        {
            "message": "Field 'foo' doesn't exist on type 'Account'",
            "locations": [{"line": 1, "column": 16}],
            "path": ["query", "account", "foo"],
            "extensions": {"code": "undefinedField", "fieldName": "foo", "typeName": "Account"},
        }
    ]


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("{ account(x: 1) { id } }", "argumentNotAccepted", "Field 'account' doesn't accept argument 'x'"),
        ("{ invoice { id } }", "missingRequiredArguments", "Field 'invoice' is missing required arguments: id"),
        ("{ invoices(first: 1) { nodes } }", "selectionMismatch", "Field must have selections (field 'nodes'"),
        ('{ invoice(id: "not an id") { id } }', "argumentLiteralsIncompatible", "is not a valid EncodedId"),
        (
            "{ invoices(first: 1, filter: { foo: 1 }) { totalCount } }",
            "argumentNotAccepted",
            "InputObject 'InvoiceFilterAttributes' doesn't accept argument 'foo'",
        ),
        (
            '{ invoices(first: 1, filter: { updatedAt: { after: "2026-01-01" } }) { totalCount } }',
            "argumentLiteralsIncompatible",
            "is not a valid ISO8601DateTime",
        ),
        ("query ($a: String) { account { id } }", "variableNotUsed", "Variable $a is declared"),
        ("query ($a: String) { invoice(id: $a) { id } }", "variableMismatch", "Type mismatch on variable $a"),
        ("{ account { id ", "parseError", "Syntax Error"),
    ],
)
def test_a_document_that_does_not_fit_is_refused(jobber: Jobber, query: str, code: str, words: str) -> None:
    errors = jobber.errors(query)

    assert [one["extensions"]["code"] for one in errors] == [code]
    assert words in errors[0]["message"]


@pytest.mark.parametrize("variables", [{}, {"id": "not an id"}, {"id": None}])
def test_a_variable_that_does_not_fit_is_refused(jobber: Jobber, variables: dict[str, Any]) -> None:
    errors = jobber.errors("query ($id: EncodedId!) { invoice(id: $id) { id } }", **variables)

    assert [one["message"] for one in errors] == ["Variable $id was provided invalid value"]
    assert len(errors[0]["extensions"]["problems"]) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b'{"query": "{ account { id } }", "variables": 3}', 400), (b"{}", 200)],
)
def test_a_body_that_is_no_request_is_refused(jobber: Jobber, body: bytes, status: int) -> None:
    headers = {
        "Authorization": f"Bearer {jobber.tokens['access_token']}",
        "X-JOBBER-GRAPHQL-VERSION": LATEST_VERSION,
        "Content-Type": "application/json",
    }

    answer = jobber.http.post("/api/graphql", content=body, headers=headers)

    assert answer.status_code == status
    assert "data" not in answer.json()


def test_a_missing_scope_hides_what_it_would_show(jobber: Jobber) -> None:
    jobber.connect(scopes=["read_clients"])

    answer = jobber.post("{ invoices(first: 1) { nodes { id } } }").json()

    assert answer["data"] is None
    assert answer["errors"][0]["message"] == "An object of type Invoice was hidden due to permissions"
    assert answer["errors"][0]["path"] == ["invoices"]
    assert jobber.ask(ACCOUNT)["account"]["id"] == jobber.account


def test_a_scope_missing_further_down_gives_part_of_the_data_and_errors(jobber: Jobber) -> None:
    jobber.connect(scopes=["read_invoices"])

    answer = jobber.post(INVOICES, first=2).json()

    assert [one["client"] for one in answer["data"]["invoices"]["nodes"]] == [None, None]
    assert [one["path"] for one in answer["errors"]] == [
        ["invoices", "nodes", 0, "client"],
        ["invoices", "nodes", 1, "client"],
    ]


def test_payment_records_need_a_scope_of_their_own(jobber: Jobber) -> None:
    jobber.connect(scopes=["read_invoices", "read_clients"])

    answer = jobber.post("{ paymentRecords(first: 1) { nodes { id } } }").json()

    assert answer["data"] == {"paymentRecords": None}
    assert answer["errors"][0]["message"] == "An object of type PaymentRecord was hidden due to permissions"


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("throttled", 200, "THROTTLED"),
        ("too-many-requests", 429, "Too Many Requests"),
        ("unavailable", 503, "Service temporarily unavailable"),
        ("unavailable-error", 200, "Service temporarily unavailable"),
        ("unauthenticated", 200, "UNAUTHENTICATED"),
        ("expired", 401, "Access token expired"),
        ("disconnected", 401, "User has disconnected this app"),
        ("disconnected-error", 200, "User has disconnected this app"),
        ("hidden", 200, "hidden due to permissions"),
        ("null-data", 200, '{"data":null}'),
        ("html-503", 503, "<html>"),
        ("empty-500", 500, ""),
    ],
)
def test_every_trouble_can_be_had_on_demand(jobber: Jobber, kind: str, status: int, words: str) -> None:
    jobber.sim.fault(kind)

    answer = jobber.post(ACCOUNT)

    assert answer.status_code == status
    assert words in answer.text
    assert jobber.ask(ACCOUNT)["account"]["id"] == jobber.account


def test_an_account_sees_nothing_of_another(jobber: Jobber) -> None:
    invoice, client = jobber.case_id("Dana Ruiz"), jobber.client_of("Dana Ruiz")["id"]
    other = Jobber(jobber.base_url, PLUMBER).connect()

    assert other.invoice(invoice) is None
    query = "query($id: EncodedId!) { client(id: $id) { id } }"
    assert other.ask(query, id=client) == {"client": None}
    assert other.ask("{ account { name } }") == {"account": {"name": "Copper Creek Plumbing"}}
