"""The simulator against what the vendor publishes of its requests: paths, scopes, parameters, bodies."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from integrations.zoho.simulation.creditnote_acts import CREDIT_NOTE, LINE
from integrations.zoho.simulation.endpoints import ENDPOINTS, Endpoint
from integrations.zoho.simulation.lists import AMOUNT_ENDINGS, DATE_ENDINGS, TEXT_ENDINGS
from integrations.zoho.simulator import READ_SCOPES, WRITE_SCOPES

SPECS = Path(os.environ.get("VENDOR_SPECS", "")) / "zoho_books" / "zoho_books_endpoints.json"
pytestmark = pytest.mark.skipif(
    not os.environ.get("VENDOR_SPECS") or not SPECS.exists(),
    reason="VENDOR_SPECS does not lead to zoho_books/zoho_books_endpoints.json: Zoho's endpoints are NOT checked",
)
MORE = {"sort_order"}
"""Documented for lists beside the extract, which leaves out variants too."""


@cache
def published() -> dict[tuple[str, str], Any]:
    """Endpoints by method and path, the names of ids left out."""
    found = json.loads(SPECS.read_text(encoding="utf-8"))["endpoints"]
    return {(one["method"], _shape(one["path"])): one for one in found}


def _shape(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


def _theirs(endpoint: Endpoint) -> Any:
    return published()[endpoint.method, _shape(endpoint.path)]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_every_endpoint_is_the_vendors_with_its_scope_and_parameters(endpoint: Endpoint) -> None:
    theirs = _theirs(endpoint)
    query = {one["name"] for one in theirs["parameters"] if one["in"] == "query"} - {"organization_id"}
    endings = {*DATE_ENDINGS, *AMOUNT_ENDINGS, *TEXT_ENDINGS} - {""}
    variants = {name + ending for name in query for ending in endings}

    assert theirs["scopes"] == [endpoint.scope]
    assert query <= endpoint.parameters
    assert endpoint.parameters <= query | variants | MORE


def test_a_credit_note_takes_the_fields_the_vendor_takes() -> None:
    schema = published()["POST", "/books/v3/creditnotes"]["request_body"]["content"]["application/json"]["schema"]
    line = schema["properties"]["line_items"]["items"]["properties"]

    assert set(CREDIT_NOTE) == set(schema["properties"])
    assert set(schema["required"]) - {"creditnote_number"} == {"customer_id", "date", "line_items"}
    assert set(line) - {"tds_tax_id", "tax_treatment_code", "sat_item_key_code", "unitkey_code"} <= set(LINE)


def test_the_scopes_we_hand_out_are_scopes_of_endpoints() -> None:
    known = {scope for one in published().values() for scope in one["scopes"]}

    assert {*READ_SCOPES, *WRITE_SCOPES} <= known
