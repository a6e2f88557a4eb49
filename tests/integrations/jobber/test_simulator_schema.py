"""The simulated schema held against Jobber's own: nothing in it that Jobber does not have, and enough for every document."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    OperationType,
    print_ast,
    validate,
)

from integrations.jobber.simulation.cost import Price
from integrations.jobber.simulation.schema import schema
from tests.integrations.jobber.simulator import Jobber, running_simulator, specs, vendor_documents, vendor_schema

VARIABLES: dict[str, Any] = {"first": 50, "linesFirst": 50, "paymentsFirst": 25, "contactsFirst": 10}


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator(invoices=120) as url:
        yield url


@pytest.fixture
def jobber(base_url: str) -> Jobber:
    jobber = Jobber(base_url)
    jobber.sim.reset()
    return jobber.connect()


def members(kind: object) -> dict[str, str]:
    """Each field of a type with its own type and its arguments, each value of an enum."""
    match kind:
        case GraphQLEnumType():
            return dict.fromkeys(kind.values, "value")
        case GraphQLInputObjectType():
            return {name: _typed(field) for name, field in kind.fields.items()}
        case GraphQLObjectType() | GraphQLInterfaceType():
            found = {name: _typed(field) for name, field in kind.fields.items()}
            arguments = ((name, field.args) for name, field in kind.fields.items())
            found |= {f"{name}({one}:)": _typed(given) for name, args in arguments for one, given in args.items()}
            return found | {f"implements {one.name}": "" for one in kind.interfaces}
    return {}


def _typed(field: GraphQLField | GraphQLInputField | GraphQLArgument) -> str:
    return str(field.type)


def test_every_type_field_argument_and_value_is_jobbers() -> None:
    theirs = vendor_schema(specs()).type_map
    ours = {name: kind for name, kind in schema().type_map.items() if not name.startswith("__")}

    foreign = {
        f"{name}.{member}: {typed}"
        for name, kind in ours.items()
        for member, typed in members(kind).items()
        if members(theirs.get(name)).get(member) != typed
    }

    assert set(ours) - set(theirs) == set()
    assert foreign == set()


def test_every_document_of_the_app_fits_the_simulated_schema() -> None:
    document, operations = vendor_documents(specs())

    assert validate(schema(), document) == []
    assert validate(vendor_schema(specs()), document) == []
    assert len(operations) == 14


def test_the_documents_cost_what_was_worked_out_for_them() -> None:
    document, operations = vendor_documents(specs())

    costs = {name: Price(document, VARIABLES).of(one) for name, one in operations.items()}

    assert costs["Invoices"] == 1454
    assert costs["Invoice"] == 597
    assert costs["Clients"] == 1504
    assert costs["PaymentRecords"] == 704
    assert max(cost for name, cost in costs.items() if operations[name].operation is OperationType.MUTATION) == 11


def test_every_reading_document_is_answered(jobber: Jobber) -> None:
    _, operations = vendor_documents(specs())
    invoice, client = jobber.case_id("Dana Ruiz"), jobber.client_of("Dana Ruiz")["id"]
    given = {"Invoice": {"id": invoice}, "Client": {"id": client}}
    reading = {name: one for name, one in operations.items() if one.operation is OperationType.QUERY}

    found = {
        name: jobber.ask(
            print_ast(one),
            **given.get(name, {}),
            **{
                variable.variable.name.value: VARIABLES[variable.variable.name.value]
                for variable in one.variable_definitions or ()
                if variable.variable.name.value in VARIABLES
            },
        )
        for name, one in reading.items()
    }

    assert sorted(found) == ["Account", "Client", "Clients", "Invoice", "Invoices", "PaymentRecords", "Viewer"]
    assert found["Viewer"]["user"]["account"]["id"] == jobber.account
    assert found["Invoice"]["invoice"]["amounts"]["invoiceBalance"] == 1340.0
    assert len(found["Invoices"]["invoices"]["nodes"]) == 50
    assert len(found["Clients"]["clients"]["nodes"]) == min(50, jobber.sim.counts(jobber.account)["customers"])
    assert len(found["PaymentRecords"]["paymentRecords"]["nodes"]) == 50
