"""The simulated Jobber on a real port, and a client that speaks to it as a careful app would."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode, build_schema, parse

from integrations.jobber.simulator import LANDSCAPER, LATEST_VERSION, JobberSimConfig, create_app
from tests.integrations.simulation.server import SimControl, running

REDIRECT_URI = "http://127.0.0.1:9/jobber/callback"
SECRET = "test-client-secret"
QUICK = {"webhook_batch_seconds": 0.02, "webhook_retry_scale": 0.005, "points_per_second": 1_000_000}

INVOICES = """
query Invoices($first: Int!, $after: String, $filter: InvoiceFilterAttributes) {
  invoices(first: $first, after: $after, filter: $filter, sort: [{ key: UPDATED_AT, direction: ASCENDING }]) {
    nodes {
      id invoiceNumber subject invoiceStatus issuedDate dueDate invoiceNet receivedDate updatedAt
      amounts { subtotal discountAmount taxAmount depositAmount paymentsTotal tipsTotal invoiceBalance total }
      client { id name }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
INVOICE = """
query Invoice($id: EncodedId!) {
  invoice(id: $id) {
    id invoiceNumber invoiceStatus issuedDate dueDate invoiceNet receivedDate updatedAt waitingForFinancedPayment
    hasInvoiceNumberDuplicates
    amounts { subtotal discountAmount taxAmount depositAmount paymentsTotal tipsTotal invoiceBalance total }
    client { id name sampleData isArchived receivesInvoiceFollowUps }
    paymentRecords(first: 25) { nodes { id adjustmentType amount tipAmount jobberPaymentTransactionStatus } }
  }
}
"""


@contextmanager
def running_simulator(**config: Any) -> Iterator[str]:
    """A fresh simulator with few invoices; takes the fields of JobberSimConfig, yields its address."""
    given = {"redirect_uris": (REDIRECT_URI,), "client_secret": SECRET, "invoices": 25, **QUICK, **config}
    with running(create_app(JobberSimConfig(**given))) as base_url:
        yield base_url


@dataclass
class Jobber:
    """One app connected to one account."""

    base_url: str
    account: str = LANDSCAPER
    tokens: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A connection a request: on a kept one each answer waits 40 ms for a delayed acknowledgement.
        once = httpx2.Limits(max_keepalive_connections=0)
        self.http = httpx2.Client(base_url=self.base_url, timeout=60, trust_env=False, verify=False, limits=once)
        self.sim = SimControl(self.base_url)
        self.sim.http = self.http

    def connect(self, scopes: list[str] | None = None) -> "Jobber":
        """A connection without the consent page."""
        self.tokens = self.sim.connect(self.account, scopes=scopes)
        return self

    def post(self, query: str, *, headers: dict[str, str | None] | None = None, **variables: Any) -> httpx2.Response:
        """One request as it should be; a header set to None is left out."""
        wanted = {
            "Authorization": f"Bearer {self.tokens.get('access_token', '')}",
            "X-JOBBER-GRAPHQL-VERSION": LATEST_VERSION,
            "Content-Type": "application/json",
            **(headers or {}),
        }
        body = json.dumps({"query": query, "variables": variables})
        kept = {name: value for name, value in wanted.items() if value is not None}
        return self.http.post("/api/graphql", content=body, headers=kept)

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of a good answer."""
        answer = self.post(query, **variables)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert "errors" not in found, answer.text
        return found["data"]

    def errors(self, query: str, **variables: Any) -> list[Any]:
        """The errors of an answer that must have some, with HTTP 200."""
        answer = self.post(query, **variables)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["errors"])

    def all_invoices(self, *, first: int = 50, **filter: Any) -> list[Any]:
        """Every invoice a filter finds, page by page to the end."""
        found, after = [], None
        while True:
            page = self.ask(INVOICES, first=first, after=after, filter=filter)["invoices"]
            found += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    def invoice(self, id: str) -> Any:
        """One invoice, read anew; None where it is gone."""
        return self.ask(INVOICE, id=id)["invoice"]

    def case(self, name: str) -> Any:
        """The youngest invoice of the client with this name: how the rarer cases are found."""
        return self.invoice(self.case_id(name))

    def case_id(self, name: str) -> str:
        """Its id."""
        return str(self.client_of(name, "invoices(first: 5) { nodes { id } }")["invoices"]["nodes"][-1]["id"])

    def client_of(self, name: str, fields: str = "id") -> Any:
        """The youngest client with this name, with these fields."""
        query = "query($term: String) { clients(searchTerm: $term, first: 20) { nodes { FIELDS } } }"
        return self.ask(query.replace("FIELDS", fields), term=name)["clients"]["nodes"][-1]

    def token(self, **form: str) -> httpx2.Response:
        """The answer of the token endpoint; an empty field is left out."""
        given = {"client_id": "sandbox-client", "client_secret": SECRET, **form}
        return self.http.post("/api/oauth/token", data={name: value for name, value in given.items() if value})

    def refresh(self, refresh_token: str) -> httpx2.Response:
        """The answer to a refresh."""
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def consent(self, *, decision: str = "connect", **changes: str) -> httpx2.Response:
        """The answer to the form of the consent page."""
        form = {"account": self.account, "decision": decision}
        return self.http.post("/api/oauth/authorize", params=authorization(**changes), data=form)

    def code(self) -> str:
        """A fresh authorization code."""
        return parse_qs(urlsplit(self.consent().headers["location"]).query)["code"][0]


def authorization(**changes: str) -> dict[str, str]:
    """The parameters of a good authorization request; an empty one is left out."""
    given = {"response_type": "code", "client_id": "sandbox-client", "redirect_uri": REDIRECT_URI, "state": "s-1"}
    return {name: value for name, value in {**given, **changes}.items() if value}


def specs() -> Path:
    """The vendor's own schema and documents, which are not ours to keep here."""
    named = os.environ.get("VENDOR_SPECS")
    if not named:
        pytest.skip("VENDOR_SPECS is not set: Jobber's own schema was NOT compared")
    folder = Path(named) / "jobber"
    if not folder.is_dir():
        pytest.skip(f"{folder} is missing: Jobber's own schema was NOT compared")
    return folder


@cache
def vendor_schema(folder: Path) -> GraphQLSchema:
    """Jobber's schema, as far as it was published."""
    return build_schema((folder / "jobber_subset_current.graphql").read_text(encoding="utf-8"))


@cache
def vendor_documents(folder: Path) -> tuple[DocumentNode, dict[str, OperationDefinitionNode]]:
    """The documents an app may send, by name."""
    document = parse((folder / "operations.graphql").read_text(encoding="utf-8"))
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    return document, {one.name.value: one for one in operations if one.name}
