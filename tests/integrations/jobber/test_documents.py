"""What we ask Jobber: valid by its schema, always with a size, and never dearer than we count."""

import pytest
from graphql import validate
from graphql.language import parse

from integrations.jobber import documents
from integrations.jobber.client import MOST_POINTS
from integrations.jobber.documents import Document
from tests.integrations.jobber.schema import cost, operation, schema

SIZES = {
    **dict.fromkeys(("ClientIds", "InvoiceIds", "PaymentIds"), documents.IDS_PAGE),
    "LatestPayments": documents.LATEST,
}


@pytest.mark.parametrize("document", documents.ALL, ids=lambda document: document.name)
def test_every_document_is_valid_by_their_schema(document: Document) -> None:
    assert validate(schema(), parse(document.text)) == []


@pytest.mark.parametrize("document", documents.ALL, ids=lambda document: document.name)
def test_every_document_costs_what_we_count(document: Document) -> None:
    asked = operation(document.text)

    assert asked.name is not None
    assert (asked.name.value, asked.operation.value == "mutation") == (document.name, document.writes)
    assert cost(asked, SIZES.get(document.name, documents.PAGE)) == document.points
    assert document.points < MOST_POINTS
