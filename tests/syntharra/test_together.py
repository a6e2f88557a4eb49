"""Small lists asked for together are the rows the querysets themselves would have given."""

from typing import Any

import pytest

from disputes.freeze import NewClaim
from disputes.models import Claim, Dispute
from disputes.services import open_dispute
from invoices.models import Customer, Invoice
from notifications.models import Duty, Message, MessageInvoice
from syntharra import together
from syntharra.tenancy import NoBusiness, acting_for
from tests.cast import Firm, make_invoice


@pytest.fixture
def dispute(plumber: Firm) -> Dispute:
    claim = NewClaim(
        source="call", source_key="CA1", words="It leaks “still”", reason="quality", by="Ana",
        evidence={"score": 0.9731, "second": 41, "rule_ids": ["a"], "none": None},
    )  # fmt: skip
    return open_dispute(make_invoice(plumber, balance="1234567890.01").pk, claim=claim)[0]


def fields(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_come_as_their_own_querysets_give_them(dispute: Dispute, django_assert_num_queries: Any) -> None:
    wanted: dict[str, Any] = {
        "claims": Claim.objects.all(),
        "disputes": Dispute.objects.all(),
        "invoices": Invoice.objects.all(),
        "customers": Customer.objects.all(),
        "messages": Message.objects.order_by("-owed_at", "pk"),
        "duties": Duty.objects.order_by("pk"),
    }
    with django_assert_num_queries(1):
        found = together.load(**wanted)

    assert sorted(found) == sorted(wanted)
    for name, queryset in wanted.items():
        expected = list(queryset)
        assert expected
        assert [fields(row) for row in found[name]] == [fields(row) for row in expected], name
        assert [type(row) for row in found[name]] == [type(row) for row in expected]
    assert isinstance(found["claims"][0].evidence["score"], float)


def test_values_follow_relations_with_their_types(dispute: Dispute) -> None:
    queryset = MessageInvoice.objects.order_by("message__owed_at", "pk")
    names = ("invoice_id", "message__due_at", "message__status", "invoice__balance", "invoice__due_on")

    found = together.load(about=queryset.values(*names))["about"]

    assert found
    assert found == list(queryset.values(*names))


def test_what_cannot_be_found_is_an_empty_list_and_no_question(
    dispute: Dispute, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert together.load(none=Claim.objects.filter(pk__in=[])) == {"none": []}
    assert together.load(no=Claim.objects.filter(words="never"), yes=Claim.objects.all())["no"] == []


def test_it_sees_no_row_of_another_business(dispute: Dispute, rival: Firm) -> None:
    with acting_for(rival.business.pk):
        assert together.load(claims=Claim.objects.all(), invoices=Invoice.objects.all()) == {
            "claims": [],
            "invoices": [],
        }


def test_a_join_is_refused_before_it_mixes_columns(dispute: Dispute) -> None:
    with pytest.raises(ValueError, match="select_related"):
        together.load(wrong=Dispute.objects.select_related("invoice"))


def test_without_a_business_nothing_is_asked(db: None) -> None:
    with pytest.raises(NoBusiness):
        together.load(claims=Claim.objects.all())
