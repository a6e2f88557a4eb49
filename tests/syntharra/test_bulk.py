"""Many rows in one statement: what is left out has its default, and the table's own guards hold."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import timeline
from accounts.models import ActivityDetail, ActivityLine
from calls.models import Attempt
from compliance.models import RefusalTally
from syntharra import bulk, due
from syntharra.identifiers import uuid7
from syntharra.models import Due
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_customer, make_invoice

pytestmark = pytest.mark.django_db
AT = datetime(2026, 10, 6, 14, 0, 0, 123456, tzinfo=UTC)


def test_a_row_has_its_values_and_the_defaults_of_the_rest(plumber: Firm) -> None:
    customer, pk = make_customer(plumber), uuid7()

    bulk.insert(Attempt, [{"id": pk, "customer_id": customer.pk, "number": 2, "to": "+16145550123", "planned_for": AT}])

    attempt = Attempt.objects.get()
    assert (attempt.pk, attempt.business_id, attempt.number, attempt.planned_for) == (pk, plumber.business.pk, 2, AT)
    assert (attempt.status, attempt.purpose, attempt.counted, attempt.approved_at) == (
        "planned",
        "collect",
        False,
        None,
    )


def test_the_database_counts_up_what_it_numbers(plumber: Firm) -> None:
    bulk.insert(RefusalTally, [{"on": AT.date(), "purpose": "collect", "reason": "ON_HOLD"}] * 2)

    first, second = RefusalTally.objects.order_by("pk")
    assert second.pk == first.pk + 1


def test_an_unknown_column_is_named_and_nothing_is_written(plumber: Firm) -> None:
    with pytest.raises(KeyError, match="Due has no column when"):
        bulk.insert(Due, [{"kind": "x", "row_id": uuid7(), "when": AT}])

    assert Due.objects.filter(kind="x").count() == 0


def test_the_guard_of_a_frozen_invoice_refuses_a_row_of_many(plumber: Firm) -> None:
    from calls.models import AttemptInvoice
    from disputes.freeze import NewClaim
    from disputes.services import open_dispute

    fine, frozen = make_invoice(plumber), make_invoice(plumber)
    open_dispute(frozen.pk, claim=NewClaim(source="member", source_key="m", words="never finished"))
    pk = uuid7()
    bulk.insert(
        Attempt,
        [{"id": pk, "customer_id": fine.customer_id, "number": 1, "to": "+16145550123", "planned_for": AT}],
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(AttemptInvoice, [{"attempt_id": pk, "invoice_id": one.pk} for one in (fine, frozen)])

    assert AttemptInvoice.objects.count() == 0


def test_no_row_is_written_for_another_business(plumber: Firm, rival: Firm) -> None:
    with acting_for(rival.business.pk):
        bulk.insert(Due, [{"kind": "x", "row_id": uuid7(), "due_at": AT, "business_id": plumber.business.pk}])

    assert Due.objects.get(kind="x").business_id == rival.business.pk


def test_acts_put_on_record_together_are_sealed_and_verified_like_any_other(plumber: Firm) -> None:
    customer = make_customer(plumber)
    acts = [
        timeline.Act("customer", customer.pk, "noted", customer.pk, {"words": "Ünïcode “quotes” \\ back", "n": n})
        for n in range(3)
    ]

    timeline.record_all(acts, by="ava")
    timeline.seal()

    assert timeline.verify() == ActivityLine.objects.count()
    assert ActivityDetail.objects.filter(facts__words__startswith="Ünï").count() == 3


def test_what_is_only_written_down_goes_over_in_one_message(plumber: Firm) -> None:
    first, second = uuid7(), uuid7()

    with CaptureQueriesContext(connection) as sent, bulk.together():
        bulk.insert(Due, [{"kind": "x", "row_id": first, "due_at": AT}])
        with bulk.together():  # whoever writes inside joins
            bulk.insert(Due, [{"kind": "x", "row_id": second, "due_at": AT}])
        bulk.execute("UPDATE syntharra_due SET kind = %s WHERE row_id = %s", "y", first)
        assert len(sent) == 0

    assert len(sent) == 1
    assert (due.rows_noted("x"), due.rows_noted("y")) == ({second}, {first})


@pytest.mark.django_db(transaction=True)
def test_one_refused_row_of_a_message_takes_back_the_others(plumber: Firm) -> None:
    with pytest.raises(IntegrityError), bulk.together():
        bulk.insert(Due, [{"kind": "x", "row_id": uuid7(), "due_at": AT}])
        bulk.insert(Due, [{"kind": "x", "row_id": uuid7(), "due_at": None}])

    assert due.rows_noted("x") == set()


@pytest.mark.django_db(transaction=True)
def test_a_message_that_ends_its_transaction_commits_all_or_nothing_and_wakes_nobody_in_vain(plumber: Firm) -> None:
    told: list[str] = []

    def both(second: datetime | None) -> None:
        with transaction.atomic(durable=True):
            transaction.on_commit(lambda: told.append("committed"))
            bulk.insert(Due, [{"kind": "x", "row_id": uuid7(), "due_at": AT}])
            with bulk.together(commits=True):
                bulk.insert(Due, [{"kind": "x", "row_id": uuid7(), "due_at": second}])

    with pytest.raises(IntegrityError):
        both(None)
    assert (due.rows_noted("x"), told) == (set(), [])

    both(AT)
    assert (len(due.rows_noted("x")), told) == (2, ["committed"])


@pytest.mark.django_db(transaction=True)
def test_within_another_transaction_it_ends_nothing(plumber: Firm) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        with transaction.atomic(), bulk.together(commits=True):
            bulk.insert(Due, [{"kind": "x", "row_id": uuid7(), "due_at": AT}])
        raise ZeroDivisionError

    assert due.rows_noted("x") == set()


def test_nothing_goes_over_where_something_went_wrong_before(plumber: Firm) -> None:
    with pytest.raises(ZeroDivisionError), bulk.together():
        bulk.insert(Due, [{"kind": "x", "row_id": uuid7(), "due_at": AT}])
        raise ZeroDivisionError

    assert due.rows_noted("x") == set()


def test_what_is_done_again_and_again_is_planned_once_a_connection(plumber: Firm) -> None:
    def write(kind: str, row: UUID) -> None:
        with bulk.together(prepared=True):
            bulk.execute("SET LOCAL lock_timeout = '7s'")
            bulk.insert(Due, [{"kind": "new", "row_id": row, "due_at": AT}])
            bulk.execute("UPDATE syntharra_due SET kind = %s WHERE row_id = %s AND kind = %s", kind, row, "new")

    def planned() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements")
            return int(cursor.fetchone()[0])

    first, second = uuid7(), uuid7()
    write("100% sure", first)
    before = planned()

    with CaptureQueriesContext(connection) as sent:
        write("o'clock", second)

    assert (len(sent), planned()) == (1, before)
    assert (due.rows_noted("100% sure"), due.rows_noted("o'clock"), due.rows_noted("new")) == ({first}, {second}, set())
