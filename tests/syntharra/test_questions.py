"""Several questions in one message find what each finds alone."""

import pytest
from django.db import DataError, connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from invoices.models import Contact, Customer, Invoice
from syntharra.postgres.questions import ask, found_together
from tests.cast import Firm, make_customer, make_invoice

pytestmark = pytest.mark.django_db


def test_rows_values_and_relations_are_read_as_alone_and_in_one_message(plumber: Firm) -> None:
    for number in ("2232", "2233"):
        make_invoice(plumber, make_customer(plumber, name=f"Customer of {number}"), number=number)
    about = Invoice.objects.order_by("number")
    asked = (
        about.select_related("customer"),
        about.values_list("number", flat=True),
        about.values_list("number", "balance"),
        Customer.objects.annotate(owed=Count("invoices")).order_by("pk"),
    )

    with CaptureQueriesContext(connection) as messages:
        invoices, numbers, balances, customers = found_together(*asked)

    assert len(messages) == 1
    with CaptureQueriesContext(connection) as more:
        names = [invoice.customer.name for invoice in invoices]
    assert (names, len(more)) == (["Customer of 2232", "Customer of 2233"], 0)
    assert (numbers, balances) == (list(asked[1]), list(asked[2]))
    assert [(one.pk, one.owed) for one in customers] == [(one.pk, one.owed) for one in asked[3]]


def test_what_can_find_nothing_is_not_asked(plumber: Firm) -> None:
    make_customer(plumber)

    with CaptureQueriesContext(connection) as messages:
        found = found_together(Invoice.objects.filter(pk__in=[]), Contact.objects.none())

    assert (found, len(messages)) == (([], []), 0)


def test_asking_leaves_the_question_as_it_was(plumber: Firm) -> None:
    everybody = Customer.objects.all()
    assert found_together(everybody) == ([],)
    make_customer(plumber)

    assert len(list(everybody)) == 1


def test_the_first_that_fails_ends_the_message(plumber: Firm) -> None:
    with pytest.raises(DataError):
        ask(("SELECT 1", ()), ("SELECT 1 / %s", (0,)), ("SELECT 2", ()))
