"""What is on record reaches the gate of every call: said by people, set by the firm, put down by the operator."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
import time_machine

from accounts.models import ActivityLine, Business
from calls.facts import collect_facts
from calls.models import Attempt, AttemptInvoice, Call
from calls.outcomes import finish
from compliance import firm, operator
from compliance.facts import Facts
from compliance.gate import decide
from compliance.models import Channel, Consent, License, Purpose, Statement
from compliance.registry import Ask
from compliance.rulebook import RuleBook
from compliance.services import confirm_consent, consent_date, note_contact
from compliance.statements import state
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute
from invoices import notices, verification
from invoices.consents import attest, record_consents
from invoices.models import Contact, Customer, Invoice, ValidationNotice
from notifications.models import Message
from notifications.outbox import work
from syntharra.clock import now
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_business, make_customer, make_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Kind = Statement.Kind
RULES = RuleBook.load()


def facts_of(invoice: Invoice, *, at: datetime | None = None, judged: Attempt | None = None) -> Facts:
    return collect_facts(
        Ask(
            purpose=Purpose.COLLECT,
            channel=Channel.CALL,
            to=invoice.customer.contacts.get().phone,
            at=at or now(),
            customer_id=invoice.customer_id,
            invoice_id=invoice.pk,
            subject_id=judged.pk if judged else None,
        )
    )


def reasons(invoice: Invoice, *, at: datetime | None = None) -> tuple[str, ...]:
    return decide(facts_of(invoice, at=at), RULES).all_reasons


def ask_of(customer: Customer, kind: Kind, **said: Any) -> None:
    state(customer.pk, kind, words="said so", source="call", by="agent", **said)


@pytest.fixture
def invoice(plumber: Firm) -> Invoice:
    return make_invoice(plumber)


@pytest.fixture
def ida(plumber: Firm) -> Customer:
    """A private person in Ohio who may be called."""
    Business.objects.filter(pk=plumber.business.pk).update(consumer_calls=True)
    plumber.business.refresh_from_db()
    return make_customer(plumber, "Ida Ortiz", kind=Customer.Kind.CONSUMER, email="ida@customer.example")


def test_a_person_who_wants_no_calls_before_noon_is_called_at_noon(invoice: Invoice) -> None:
    assert reasons(invoice) == ("OK",)

    ask_of(invoice.customer, Kind.NOT_BETWEEN, between=(time(0), time(12)))

    answer = decide(facts_of(invoice), RULES)
    assert answer.all_reasons == ("INCONVENIENT_TIME",)
    assert answer.next_allowed_at == datetime(2026, 10, 6, 16, tzinfo=UTC)


def test_a_person_who_wants_no_calls_on_tuesdays_is_called_on_wednesday(invoice: Invoice) -> None:
    ask_of(invoice.customer, Kind.NOT_ON, weekday=1)

    answer = decide(facts_of(invoice), RULES)

    assert answer.all_reasons == ("INCONVENIENT_TIME",)
    assert answer.inputs["findings"][0]["hours"] == "not on Tue"
    assert answer.next_allowed_at == datetime(2026, 10, 7, 13, tzinfo=UTC)


def test_not_at_work_refuses_every_number_nobody_knows_to_be_elsewhere(invoice: Invoice) -> None:
    ask_of(invoice.customer, Kind.NOT_AT_WORK, number="+16145550001")
    assert reasons(invoice) == ("INCONVENIENT_PLACE",)

    ask_of(invoice.customer, Kind.NOT_WORKPLACE, number=invoice.customer.contacts.get().phone)

    assert reasons(invoice) == ("OK",)


def test_where_a_person_says_he_is_counts_beside_his_area_code(invoice: Invoice) -> None:
    ask_of(invoice.customer, Kind.ZONE, zone="Pacific/Honolulu")

    assert reasons(invoice) == ("HOURS_HOUSE", "HOURS_OVERLAY")
    assert facts_of(invoice).extra_zones == ("Pacific/Honolulu",)


def test_what_a_firm_set_for_itself_binds_its_calls(plumber: Firm, invoice: Invoice, ida: Customer) -> None:
    wanted = firm.Wanted((time(9), time(10)), (time(9), time(20)), frozenset({1, 2}), 2, 5, 6)

    firm.set_rules(plumber.business, wanted, by="ava")

    assert reasons(invoice) == ("TOO_EARLY_HOUSE", "HOURS_HOUSE")
    assert reasons(make_invoice(plumber, ida)) == ("TOO_EARLY_HOUSE",)


def test_a_closed_state_is_not_called_until_it_opens(invoice: Invoice) -> None:
    operator.close_state("US-OH", first=date(2026, 10, 5), last=date(2026, 10, 7), why="flood", by="ops")

    answer = decide(facts_of(invoice), RULES)

    assert answer.all_reasons == ("STATE_CLOSED_DAY_OVERLAY",)
    assert answer.next_allowed_at == datetime(2026, 10, 8, 13, tzinfo=UTC)


def test_a_live_firm_is_called_for_only_with_a_declaration_a_license_and_young_rules(settings: Any) -> None:
    settings.ROLE = "for_others"
    live = make_business("Live Wire", email="liv@livewire.example", sandbox=False)
    with acting_for(live.business.pk):
        owed = make_invoice(live)
        assert reasons(owed) == ("LICENCE_MISSING", "INSTALLATION_NOT_READY")

        operator.declare("for_others", name="Clearwater", address="1 Main St", by="ops")
        operator.add_license(
            "US-OH", License.Kind.LICENSE, reference="1", valid_from=date(2026, 1, 1), valid_until=None, by="ops"
        )

        assert reasons(owed) == ("OK",)
        too_old = datetime.combine(RULES.file.as_of + timedelta(days=181), time(15), UTC)
        assert "INSTALLATION_NOT_READY" in reasons(owed, at=too_old)

        settings.ROLE = "own_books"
        assert reasons(owed) == ("INSTALLATION_NOT_READY",)


def test_a_consent_nobody_confirmed_for_half_a_year_rings_no_phone(invoice: Invoice) -> None:
    consent = Consent.objects.get(customer=invoice.customer)
    Consent.objects.filter(pk=consent.pk).update(given_on=date(2026, 4, 8))
    assert reasons(invoice) == ("CONSENT_MISSING",)
    assert decide(facts_of(invoice), RULES).layer == "house"

    confirm_consent(consent.pk, on=date(2026, 4, 1), how="too early to say anything", by="ava")
    assert reasons(invoice) == ("CONSENT_MISSING",)
    confirm_consent(consent.pk, on=date(2026, 10, 5), how="Ana Reyes by e-mail", by="ava")

    assert reasons(invoice) == ("OK",)
    consent.refresh_from_db()
    assert (consent.confirmed_on, consent.confirmed_how) == (date(2026, 10, 5), "Ana Reyes by e-mail")


def test_a_number_that_came_into_the_books_long_after_the_firm_attested_may_be_called(
    plumber: Firm,
) -> None:
    with time_machine.travel("2026-02-01T15:00:00Z", tick=False):
        attest(plumber.business, by=plumber.owner, wording="they gave us these numbers for the work")
    shared = make_customer(plumber, "Harbor Cafe", phone="+16145550177", consented=False)
    also = make_customer(plumber, "Harbor Bakery", phone="+16145550177", consented=False)

    assert record_consents() == 2  # one number, two customers: each has his own
    assert record_consents() == 0

    assert set(Consent.objects.values_list("customer_id", "given_on")) == {
        (shared.pk, date(2026, 10, 6)),
        (also.pk, date(2026, 10, 6)),
    }
    assert reasons(make_invoice(plumber, shared)) == ("OK",)


def test_speaking_with_the_right_person_confirms_the_number(plumber: Firm, invoice: Invoice) -> None:
    Consent.objects.update(given_on=date(2026, 4, 1))
    talked(invoice, at=datetime(2026, 9, 1, 15, tzinfo=UTC))

    facts = facts_of(invoice)

    assert facts.consent_on == date(2026, 9, 1)
    assert consent_date(list(Consent.objects.all()), number="+16145559999") is None


def test_a_number_another_business_had_dialed_rests_for_three_days_and_nobody_learns_whose_call_it_was(
    invoice: Invoice,
) -> None:
    at = now() - timedelta(days=2)
    note_contact(invoice.customer.contacts.get().phone, Channel.CALL, "no_answer", key="else", at=at, on=at.date())

    answer = decide(facts_of(invoice), RULES)

    assert answer.all_reasons == ("NUMBER_CONTACTED_RECENTLY",)
    assert answer.next_allowed_at == datetime(2026, 10, 7, 13, tzinfo=UTC)
    assert answer.inputs["last_attempt"] is None


def talked(invoice: Invoice, *, at: datetime) -> Call:
    """A conversation about this invoice that is over."""
    to = invoice.customer.contacts.get().phone
    attempt = Attempt.objects.create(
        customer=invoice.customer,
        number=1,
        to=to,
        status="live",
        planned_for=at,
        dialing_at=at,
        dialing_on=at.date(),
    )
    AttemptInvoice.objects.create(attempt=attempt, invoice=invoice)
    call = Call.objects.create(
        attempt=attempt,
        customer=invoice.customer,
        sid=f"CA{attempt.pk.hex}",
        status="in-progress",
        to=to,
        placed_at=at,
        answered_at=at,
        right_party=True,
    )
    with time_machine.travel(at, tick=False):
        finish(attempt.pk, "hung_up")
    return call


def test_in_new_york_city_e_mails_about_the_invoice_count_with_the_calls(plumber: Firm, ida: Customer) -> None:
    Customer.objects.filter(pk=ida.pk).update(state="US-NY", city="Brooklyn")
    owed, other = make_invoice(plumber, ida), make_invoice(plumber, ida, balance="120.00")
    for number, about in enumerate((owed, owed, owed, other)):
        message = Message.objects.create(
            purpose="collect", channel="email", letter="polite_reminder", key=str(number), status="sent", customer=ida,
            to="ida@customer.example", correlation="x", owed_at=now(), due_at=now(),
            sent_at=now() - timedelta(days=1 + number),
        )  # fmt: skip
        message.about.create(invoice=about)

    found = decide(facts_of(owed), RULES)

    assert found.all_reasons == ("FREQ_NYC_3IN7",)
    assert found.layer == "law"
    counted = {budget["code"]: budget["counted"] for budget in found.inputs["budgets"]}
    assert counted["FREQ_NYC_3IN7"] == 3
    beside = decide(facts_of(other), RULES)  # one about this debt, four to this person: our own caution
    assert (beside.reason, beside.layer) == ("FREQ_NYC_3IN7", "house")


WEEK_AGO = datetime(2026, 9, 28, 15, tzinfo=UTC)


def test_the_first_conversation_owes_a_consumer_the_notice_and_no_second_call_comes_before_it(
    plumber: Firm, ida: Customer
) -> None:
    owed = make_invoice(plumber, ida, total=Decimal("1000.00"), balance="796.00", due_on=date(2026, 9, 20))
    assert reasons(owed) == ("OK",)

    talked(owed, at=WEEK_AGO)

    notice = ValidationNotice.objects.get()
    assert (notice.invoice, notice.balance, notice.send_by) == (owed, Decimal("796.00"), date(2026, 10, 3))
    message = Message.objects.get(letter="validation_notice")
    assert (message.purpose, message.status, message.to) == ("legal", "queued", "ida@customer.example")
    assert "VALIDATION_NOTICE_MISSING" in reasons(owed)


def test_a_business_owes_no_notice_and_own_books_only_in_massachusetts_when_it_is_late_enough(
    plumber: Firm, ida: Customer, settings: Any
) -> None:
    talked(make_invoice(plumber), at=WEEK_AGO)
    settings.ROLE = "own_books"
    talked(make_invoice(plumber, ida), at=WEEK_AGO)
    assert not ValidationNotice.objects.exists()

    moved = make_customer(plumber, "Bo Lane", kind=Customer.Kind.CONSUMER, state="US-MA", phone="+16175550142")
    fresh = make_invoice(plumber, moved, due_on=date(2026, 9, 20))
    late = make_invoice(plumber, moved, due_on=date(2026, 8, 1))
    assert notices.owe_notice(moved, [fresh, late], key="call:1")[0].invoice == late
    assert ValidationNotice.objects.count() == 1


def test_once_the_notice_has_left_calls_go_on_and_a_bounce_stops_them(
    plumber: Firm, ida: Customer, mailbox: Any
) -> None:
    owed = make_invoice(
        plumber, ida, number="2290", total=Decimal("1000.00"), balance="796.00", due_on=date(2026, 9, 20)
    )
    talked(owed, at=WEEK_AGO)
    sent(mailbox)

    notice = ValidationNotice.objects.get()
    assert (notice.sent_how, notice.period_ends_on) == ("email", date(2026, 11, 13))
    assert sha256(notice.html.encode()).hexdigest() == notice.sha256
    assert "$796.00" in notice.html
    assert "- $204.00" in notice.html
    assert "2290" not in Message.objects.get(letter="validation_notice").subject
    assert "VALIDATION_NOTICE_MISSING" not in reasons(owed)

    assert notice.message_id is not None
    assert notices.bounced(notice.message_id) == 1
    assert notices.bounced(notice.message_id) == 0
    assert "VALIDATION_NOTICE_MISSING" in reasons(owed)

    (posted,) = notices.posted(notice.pk, on=date(2026, 10, 6), by="ava")
    assert (posted.sent_how, posted.sent_by, posted.bounced_at) == ("post", "ava", None)
    assert "VALIDATION_NOTICE_MISSING" not in reasons(owed)


def test_a_consumer_who_disputed_in_writing_is_sent_the_proof_before_anybody_asks_again(
    plumber: Firm, ida: Customer, mailbox: Any
) -> None:
    owed = make_invoice(plumber, ida, number="2290")
    company = make_invoice(plumber, number="2291")
    for about in (owed, company):
        claim = NewClaim(source="page", source_key=about.number, words="I never agreed to this", by="Ida")
        open_dispute(about.pk, claim=claim)
    assert "VERIFICATION_MISSING" not in reasons(owed)  # while it is live the dispute speaks for itself
    Dispute.objects.update(closed_at=now(), status="closed")
    Invoice.objects.update(frozen_at=None)

    assert reasons(owed) == ("VERIFICATION_MISSING",)
    assert "VERIFICATION_MISSING" not in reasons(company)

    verification.send(owed.pk)
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        work()
        assert "VERIFICATION_MISSING" not in reasons(owed)
    (letter,) = [mail for mail in mailbox.outbox if "papers" in mail.subject]
    assert "Water heater replacement: $796.00" in letter.body


def test_without_an_address_the_firm_is_asked_to_post_it(plumber: Firm, ida: Customer) -> None:
    Contact.objects.filter(customer=ida).update(email="")
    owed = make_invoice(plumber, ida, due_on=date(2026, 9, 20))

    talked(owed, at=WEEK_AGO)

    assert not Message.objects.filter(letter="validation_notice").exists()
    task = ActivityLine.objects.get(verb="asks_owner")
    assert task.detail.facts == {"task": "post_notice", "until": "2026-10-03"}
    notices.posted(ValidationNotice.objects.get().pk, on=date(2026, 9, 29), by="ava")
    assert "VALIDATION_NOTICE_MISSING" not in reasons(owed)


def test_the_call_under_way_is_not_stopped_by_the_notice_it_will_owe(plumber: Firm, ida: Customer) -> None:
    owed = make_invoice(plumber, ida)
    attempt = Attempt.objects.create(
        customer=ida, number=1, to=ida.contacts.get().phone, status="live", planned_for=now(), dialing_at=now()
    )
    AttemptInvoice.objects.create(attempt=attempt, invoice=owed)
    Call.objects.create(
        attempt=attempt, customer=ida, sid="CA1", status="in-progress", to="+1", placed_at=now(), right_party=True
    )

    assert facts_of(owed, judged=attempt).product.validation_notice_missing is False
    assert facts_of(owed).product.validation_notice_missing is True


def sent(mailbox: Any) -> None:
    work()
    assert [message.status for message in Message.objects.filter(letter="validation_notice")] == ["sent"]


@pytest.fixture
def mailbox(settings: Any) -> Any:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    from django.core import mail

    return mail


def called_us(invoice: Invoice, *, at: datetime, about: bool = True) -> Call:
    return Call.objects.create(
        customer=invoice.customer, sid=f"CA{at:%d%H%M}", to="+16145550199", caller=invoice.customer.contacts.get().phone,
        direction="inbound", status="completed", placed_at=at, answered_at=at, right_party=True, disposition="other",
        about=[str(invoice.pk)] if about else [],
    )  # fmt: skip


def test_whom_a_customer_spoke_with_when_he_called_us_about_an_invoice_is_by_law_a_conversation_about_it(
    ida: Customer, plumber: Firm
) -> None:
    spoken_of, other = make_invoice(plumber, ida), make_invoice(plumber, ida, due_on=date(2026, 9, 20))
    called_us(spoken_of, at=now() - timedelta(hours=2))

    assert decide(facts_of(spoken_of), RULES).law_only.reason == "FREQ_REGF_CONVERSATION"
    assert decide(facts_of(other), RULES).law_only.reason == "OK"
    assert "FREQ_REGF_CONVERSATION" in reasons(other)  # by the house: one person


def test_calls_a_customer_makes_are_none_of_the_three_and_none_of_seven_in_seven_days(invoice: Invoice) -> None:
    for days in (5, 6, 7, 8):
        called_us(invoice, at=now() - timedelta(days=days))

    facts = facts_of(invoice)
    assert decide(facts, RULES).all_reasons == ("OK",)
    assert {event.inbound for event in (*facts.history, *facts.person_history, *facts.number_history)} == {True}


def test_the_day_after_a_customer_called_us_his_telephone_rests(invoice: Invoice) -> None:
    called_us(invoice, at=now() - timedelta(days=1))
    answer = decide(facts_of(invoice), RULES)
    assert (answer.reason, answer.law_only.reason) == ("NUMBER_CONTACTED_RECENTLY", "OK")
    assert answer.next_allowed_at == datetime(2026, 10, 8, 13, tzinfo=UTC)


def test_a_call_about_the_invoice_that_was_replaced_is_one_about_its_successor(ida: Customer, plumber: Firm) -> None:
    before = make_invoice(plumber, ida)
    called_us(before, at=now() - timedelta(hours=2))
    after = make_invoice(plumber, ida, replaces=before)
    assert decide(facts_of(after), RULES).law_only.reason == "FREQ_REGF_CONVERSATION"


@pytest.mark.parametrize(("due_on", "answer"), [(date(2022, 10, 6), "OK"), (date(2022, 10, 5), "TIME_BARRED")])
def test_where_no_signed_paper_is_known_the_shorter_term_of_goods_counts(
    plumber: Firm, due_on: date, answer: str
) -> None:
    """Six years for a written contract in Ohio, four for goods (UCC 2-725): nothing on record says which it was."""
    assert reasons(make_invoice(plumber, due_on=due_on, issued_on=due_on, backlog_choice="call")) == (answer,)
