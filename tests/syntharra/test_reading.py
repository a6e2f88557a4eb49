"""Questions compiled once give what the ORM gives, to every business its own rows."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from calls.models import Attempt
from invoices.models import Customer, Invoice
from syntharra import clock
from syntharra.reading import Given, Reading, found_together
from syntharra.tenancy import NoBusiness, acting_for, acting_for_none, current_business
from tests.cast import Firm, make_customer, make_invoice

pytestmark = pytest.mark.django_db
CUSTOMERS = Reading(lambda: Customer.objects.filter(pk__among=Given("customers")).order_by("pk"))
NUMBERS = Reading(lambda: Invoice.objects.filter(number__among=Given("numbers")).values_list("number", "balance"))
HELD = Reading(lambda: Customer.objects.filter(pk=Given("customer")).select_for_update(of=("self",), no_key=True))


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


def test_several_are_asked_in_one_message_and_read_as_alone(plumber: Firm) -> None:
    invoice = make_invoice(plumber, number="2232", balance="1240.00")
    asked = (CUSTOMERS.of(customers=[invoice.customer_id]), NUMBERS.of(numbers=["2232"]), NUMBERS.of(numbers=[]))
    found_together(*asked)  # prepares them

    with CaptureQueriesContext(connection) as messages:
        found = found_together(*asked)

    assert found == ([invoice.customer], [("2232", invoice.balance)], [])
    assert len(messages) == 1


def test_nothing_asked_is_nothing_found_and_no_message() -> None:
    with CaptureQueriesContext(connection) as messages:
        assert found_together() == ()

    assert len(messages) == 0


def test_without_a_business_nothing_of_several_is_asked(plumber: Firm) -> None:
    with acting_for_none(), CaptureQueriesContext(connection) as messages, pytest.raises(NoBusiness):
        found_together(CUSTOMERS.of(customers=[]), NUMBERS.of(numbers=["2232"]))

    assert len(messages) == 0


@pytest.mark.django_db(transaction=True)
def test_what_would_be_locked_outside_a_transaction_is_refused_and_not_asked(plumber: Firm) -> None:
    customer = make_customer(plumber)
    with transaction.atomic():
        assert HELD(customer=customer.pk) == [customer]

    with CaptureQueriesContext(connection) as messages, pytest.raises(TransactionManagementError, match="outside"):
        HELD(customer=customer.pk)

    assert len(messages) == 0


def test_an_error_of_another_kind_leaves_prepared_what_is_prepared(plumber: Firm) -> None:
    customer = make_customer(plumber)
    CUSTOMERS(customers=[customer.pk])
    prepared = "SELECT count(*) FROM pg_prepared_statements"
    with connection.cursor() as cursor:
        before = cursor.execute(prepared).fetchone()

        with pytest.raises(DatabaseError, match="invalid input syntax"), transaction.atomic():
            CUSTOMERS(customers=["not a key"])

        assert CUSTOMERS(customers=[customer.pk]) == [customer]
        assert cursor.execute(prepared).fetchone() == before


def test_what_cannot_be_prepared_says_so_as_any_question_does(plumber: Firm) -> None:
    with pytest.raises(DatabaseError, match="aborted"), transaction.atomic():
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        with connection.cursor() as cursor, pytest.raises(DatabaseError):
            cursor.execute("SELECT 1 / 0")
        Reading(lambda: Customer.objects.filter(name=Given("name")))(name="Harbor Cafe")


@pytest.mark.django_db(transaction=True)
def test_several_threads_that_ask_first_at_once_each_read_it_whole_on_a_connection_just_opened(plumber: Firm) -> None:
    customer = make_customer(plumber)
    business, threads = current_business(), 8
    for _ in range(5):
        question = Reading(lambda: Customer.objects.filter(pk__among=Given("customers")))
        barrier = threading.Barrier(threads)

        def ask(question: Reading[Customer] = question, barrier: threading.Barrier = barrier) -> list[Customer]:
            try:
                with acting_for(business):
                    barrier.wait(30)
                    return question(customers=[customer.pk])
            finally:
                connection.close()

        with ThreadPoolExecutor(threads) as everybody:
            found = [each.result(60) for each in [everybody.submit(ask) for _ in range(threads)]]
        assert found == [[customer]] * threads
