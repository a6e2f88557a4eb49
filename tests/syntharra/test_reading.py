"""Questions compiled once give what the ORM gives, to every business its own rows."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from calls.models import Attempt
from invoices.models import Customer, Invoice
from syntharra import clock
from syntharra.reading import Given, Reading
from syntharra.tenancy import NoBusiness, acting_for, acting_for_none
from tests.cast import Firm, make_customer, make_invoice

pytestmark = pytest.mark.django_db
CUSTOMERS = Reading(lambda: Customer.objects.filter(pk__among=Given("customers")).order_by("pk"))


def test_the_same_question_with_other_values_gives_other_rows_in_one_query_each(plumber: Firm) -> None:
    first, second = make_customer(plumber), make_customer(plumber)
    assert CUSTOMERS(customers={first.pk}) == [first]

    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert CUSTOMERS(customers={first.pk, second.pk}) == sorted([first, second], key=lambda one: one.pk)
        assert CUSTOMERS(customers=[]) == []

    assert len(captured) == 2


def test_an_instance_is_whole(plumber: Firm) -> None:
    customer = make_customer(plumber)

    (read,) = CUSTOMERS(customers=[customer.pk])

    usual = Customer.objects.get(pk=customer.pk)
    fields = [field.attname for field in Customer._meta.concrete_fields]
    assert {name: read.__dict__[name] for name in fields} == {name: usual.__dict__[name] for name in fields}
    assert not read._state.adding


def test_tuples_single_values_and_what_stands_beside_an_instance(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    late = Reading(
        lambda: Invoice.objects.filter(
            Q(customer_id__among=Given("customers")) | Q(number__among=Given("numbers")), due_on__lte=Given("on")
        ).values_list("pk", "total", "customer__name")
    )
    names = Reading(lambda: Invoice.objects.filter(pk=Given("invoice")).values_list("number", flat=True))
    beside = Reading(lambda: Invoice.objects.filter(pk=Given("invoice")).select_related("customer"))
    due_on = invoice.due_on
    assert due_on is not None

    row = (invoice.pk, invoice.total, invoice.customer.name)
    assert late(customers=[], numbers=[invoice.number], on=due_on) == [row]
    assert late(customers=[invoice.customer_id], numbers=[], on=due_on) == [row]
    assert late(customers=[invoice.customer_id], numbers=[], on=due_on - timedelta(days=1)) == []
    assert names(invoice=invoice.pk) == [invoice.number]
    (read,) = beside(invoice=invoice.pk)
    with CaptureQueriesContext(connection) as captured:
        assert read.customer == invoice.customer
    assert len(captured) == 0


def test_a_business_sees_its_own_rows_whoever_asked_first(plumber: Firm, rival: Firm) -> None:
    mine = make_customer(plumber)
    assert CUSTOMERS(customers=[mine.pk]) == [mine]

    with acting_for(rival.business.pk):
        assert CUSTOMERS(customers=[mine.pk]) == []
    with acting_for_none(), pytest.raises(NoBusiness):
        CUSTOMERS(customers=[mine.pk])


def test_a_value_left_out_is_named(plumber: Firm) -> None:
    attempts = Reading(
        lambda: Attempt.objects.filter(customer_id__among=Given("customers"), planned_for__gt=Given("at"))
    )

    with pytest.raises(KeyError, match="customers"):
        attempts(at=clock.now())


def test_one_of_several_is_asked_of_the_orm_too(plumber: Firm) -> None:
    first, second = make_customer(plumber), make_customer(plumber)

    assert set(Customer.objects.filter(pk__among={first.pk, second.pk})) == {first, second}
    assert list(Customer.objects.filter(connection_id__among=[])) == []


def test_what_the_server_has_forgotten_is_prepared_again_after_one_refusal(plumber: Firm) -> None:
    customer = make_customer(plumber)
    assert CUSTOMERS(customers=[customer.pk]) == [customer]
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    with pytest.raises(DatabaseError), transaction.atomic():
        CUSTOMERS(customers=[customer.pk])

    assert CUSTOMERS(customers=[customer.pk]) == [customer]
