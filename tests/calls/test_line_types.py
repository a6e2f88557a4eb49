"""What kind of line a number is: asked of the carrier once in a while, before a call, and a mobile where nobody knows."""

from datetime import timedelta
from typing import Any

import pytest

from calls.dialing import dial
from calls.facts import gather
from compliance import facts as gate
from compliance.gate import decide
from compliance.models import Channel, Consent, Decision, Purpose
from compliance.registry import Ask
from compliance.rulebook import RuleBook
from integrations.models import NumberLookup
from integrations.twilio.line_types import freshen, known
from invoices.models import Invoice
from syntharra import clock
from syntharra.tenancy import acting_for
from tests.calls.stage import Stage
from tests.cast import Firm, make_business, make_customer, make_invoice

NUMBER = "+16145550120"
pytestmark = pytest.mark.django_db


def line_type_of(invoice: Invoice, number: str = NUMBER) -> tuple[gate.LineType, Any]:
    ask = Ask(
        purpose=Purpose.COLLECT,
        channel=Channel.CALL,
        to=number,
        at=clock.now(),
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
    )
    found = gather([ask])[0]
    return found.line_type, found.line_type_on


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("mobile", "wireless"),
        ("landline", "landline"),
        ("fixedVoip", "voip"),
        ("nonFixedVoip", "voip"),
        ("tollFree", "toll_free"),
        ("premium", "unknown"),
        ("a word of next year", "unknown"),
    ],
)
def test_the_carriers_word_becomes_one_of_the_rules(carrier: Stage, said: str, kind: str) -> None:
    carrier.sim.post("/config", line_types={NUMBER: said})

    assert freshen(carrier.firm.business, NUMBER) == kind

    row = NumberLookup.objects.get()
    assert (row.number, row.kind, row.vendor_kind, row.looked_up_at <= clock.now()) == (NUMBER, kind, said, True)


def test_a_number_is_looked_up_when_it_is_dialed_and_not_before_or_again(carrier: Stage) -> None:
    carrier.sim.post("/config", line_types={NUMBER: "landline"})
    invoice = carrier.owes("pays_by_link", phone=NUMBER)
    (attempt,) = carrier.plan()
    assert NumberLookup.objects.count() == 0
    assert line_type_of(invoice) == (gate.LineType.UNKNOWN, None)

    assert dial(attempt.pk) == "dialing"
    carrier.sim.post("/faults", kind="reject", on="lookups.fetch")  # asked again it would say nothing
    assert freshen(carrier.firm.business, NUMBER) == "landline"

    assert NumberLookup.objects.count() == 1
    assert line_type_of(invoice) == (gate.LineType.LANDLINE, clock.now().date())
    decided = Decision.objects.filter(moment="dialing").latest("pk")
    assert (decided.clearance["inputs"]["line_type"], decided.clearance["inputs"]["line_type_on"]) == (
        "landline",
        clock.now().date().isoformat(),
    )


def test_a_look_up_that_failed_inside_its_answer_is_no_knowledge(carrier: Stage) -> None:
    carrier.sim.post("/config", line_types={NUMBER: "60601"})

    assert freshen(carrier.firm.business, NUMBER) == ""

    assert NumberLookup.objects.count() == 0


def test_what_was_looked_up_a_month_ago_is_asked_again_and_counts_no_more(carrier: Stage) -> None:
    invoice = carrier.owes(phone=NUMBER)
    old = clock.now() - timedelta(days=31)
    NumberLookup.objects.create(number=NUMBER, kind="landline", vendor_kind="landline", looked_up_at=old)
    assert line_type_of(invoice)[0] is gate.LineType.UNKNOWN
    carrier.sim.post("/config", line_types={NUMBER: "mobile"})

    assert freshen(carrier.firm.business, NUMBER) == "wireless"

    assert line_type_of(invoice)[0] is gate.LineType.WIRELESS
    assert NumberLookup.objects.count() == 2  # what was known then stays on record


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "server_error", "status": 503},
        {"kind": "rate_limited"},
        {"kind": "lost_response"},
        {"kind": "reject", "status": 404, "code": 20404, "message": "none"},
    ],
    ids=lambda fault: str(fault["kind"]),
)
def test_a_look_up_that_fails_leaves_the_line_a_mobile_and_the_call_goes_by_that(
    carrier: Stage, fault: dict[str, Any]
) -> None:
    invoice = carrier.owes("pays_by_link", phone=NUMBER)
    (attempt,) = carrier.plan()
    carrier.sim.post("/faults", on="lookups.fetch", **fault)

    assert dial(attempt.pk) == "dialing"

    assert NumberLookup.objects.count() == 0
    assert line_type_of(invoice) == (gate.LineType.UNKNOWN, None)


def test_without_a_consent_a_line_nobody_knows_is_refused_by_law_as_a_mobile_is(plumber: Firm, tuesday: Any) -> None:
    customer = make_customer(plumber, phone=NUMBER, consented=False)
    invoice = make_invoice(plumber, customer)
    assert Consent.objects.count() == 0
    layers = {}
    for kind in ("", "wireless", "landline"):
        NumberLookup.objects.all().delete()
        if kind:
            NumberLookup.objects.create(number=NUMBER, kind=kind, looked_up_at=clock.now())
        ask = Ask(
            purpose=Purpose.COLLECT,
            channel=Channel.CALL,
            to=NUMBER,
            at=clock.now(),
            customer_id=customer.pk,
            invoice_id=invoice.pk,
        )
        found = decide(gather([ask])[0], RuleBook.load())
        layers[kind] = next(str(c.layer) for c in found.citations if c.code == "CONSENT_MISSING")

    assert layers == {"": "law", "wireless": "law", "landline": "house"}


def test_look_ups_can_be_switched_off(carrier: Stage, settings: Any) -> None:
    settings.LINE_TYPE_DAYS = 0
    NumberLookup.objects.create(number=NUMBER, kind="landline", looked_up_at=clock.now())

    assert freshen(carrier.firm.business, NUMBER) == ""
    assert known([NUMBER], at=clock.now()) == {}


def test_without_an_account_at_the_carrier_nothing_is_looked_up(db: None) -> None:
    live = make_business("Live Wire", email="liv@livewire.example", sandbox=False)

    with acting_for(live.business.pk):
        assert freshen(live.business, NUMBER) == ""
        assert NumberLookup.objects.count() == 0


def test_what_one_firm_looked_up_another_does_not_see(plumber: Firm) -> None:
    NumberLookup.objects.create(number=NUMBER, kind="landline", looked_up_at=clock.now())
    rival = make_business("Rival Plumbing", email="rival@rival.example")

    with acting_for(rival.business.pk):
        assert known([NUMBER], at=clock.now()) == {}
