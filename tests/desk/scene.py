"""A day at Ava's Plumbing: one customer for each way a call can go, so that every page has something to show."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from accounts import timeline
from accounts.models import ActivityLine
from billing.services import look_for_recoveries
from calls.models import Attempt, AttemptInvoice, Call, TranscriptLine
from compliance.models import Channel, Purpose, StopKind
from compliance.registry import Ask
from compliance.services import clear, stop
from disputes.freeze import NewClaim
from disputes.models import Claim, Dispute
from disputes.services import open_dispute, pause
from integrations.models import SetAside, SyncRun
from invoices.models import Allocation, Customer, Invoice, Payment, Promise
from syntharra import clock
from tests.cast import Firm, make_customer, make_invoice


@dataclass
class Scene:
    """What a test wants to look at by name."""

    firm: Firm
    disputed: Invoice
    dispute: Dispute
    call: Call
    planned: Attempt
    paused: Invoice
    paid: Invoice
    task: ActivityLine


class Maker:
    """Makes the day relative to the business's own today."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self.zone = ZoneInfo(firm.business.time_zone)
        self.today = clock.today(firm.business.time_zone)

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def at(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(self.ago(days_ago), datetime.min.time(), self.zone).replace(hour=hour, minute=minute)

    def customer(self, name: str, contact: str, last: str, **fields: Any) -> Customer:
        return make_customer(self.firm, name, contact_name=contact, phone=f"+1614555{last}" if last else "", **fields)

    def invoice(self, customer: Customer, number: str, balance: str, late: int, **fields: Any) -> Invoice:
        dates = {"issued_on": self.ago(late + 30), "due_on": self.ago(late)}
        return make_invoice(self.firm, customer, number=number, balance=balance, **(dates | fields))

    def attempt(self, invoices: list[Invoice], at: datetime, **fields: Any) -> Attempt:
        customer = invoices[0].customer
        contact = customer.contacts.get()
        attempt = Attempt.objects.create(
            **{"customer": customer, "number": 1, "to": contact.phone, "planned_for": at} | fields
        )
        for position, invoice in enumerate(invoices):
            AttemptInvoice.objects.create(attempt=attempt, invoice=invoice, position=position)
        return attempt

    def call(self, invoices: list[Invoice], at: datetime, disposition: str, seconds: int = 0, **fields: Any) -> Call:
        """A call that is over, with the gate's answer it was placed on."""
        attempt = self.attempt(
            invoices,
            at,
            status="ended",
            counted=True,
            dialing_at=at,
            ended_at=at + timedelta(seconds=seconds),
            disposition=disposition,
        )
        ask = Ask(
            purpose=Purpose.COLLECT,
            channel=Channel.CALL,
            to=attempt.to,
            at=at,
            customer_id=attempt.customer_id,
            invoice_id=invoices[0].pk,
            subject_id=attempt.pk,
        )
        clear(ask, subject_kind="attempt", subject_id=attempt.pk, moment="dialing")
        spoke = disposition not in ("no_answer", "voicemail_greeting", "busy", "failed")
        usual = {
            "sid": f"CA{attempt.pk.hex}",
            "status": "completed" if seconds else "no-answer",
            "to": attempt.to,
            "caller": "+16145550199",
            "placed_at": at,
            "answered_at": at + timedelta(seconds=6) if seconds else None,
            "ended_at": at + timedelta(seconds=seconds + 6),
            "seconds": seconds or None,
            "disposition": disposition,
            "right_party": spoke,
            "script_version": "2026-11",
            "rules_version": "2026-11-22",
        }
        return Call.objects.create(attempt=attempt, customer=attempt.customer, **(usual | fields))

    def pay(self, invoice: Invoice, amount: str, days_ago: int, **fields: Any) -> Allocation:
        usual = {"method": "card", "created_in_books_at": self.at(days_ago, 16)}
        payment = Payment.objects.create(
            connection=self.firm.connection,
            customer=invoice.customer,
            external_id=f"p{invoice.external_id}-{days_ago}",
            amount=Decimal(amount),
            currency=invoice.currency,
            paid_on=self.ago(days_ago),
            **(usual | fields),
        )
        return Allocation.objects.create(
            payment=payment,
            invoice=invoice,
            amount=Decimal(amount),
            currency=invoice.currency,
            seen_at=clock.now(),
            changed_at=clock.now(),
        )


SAID = (
    (
        "agent",
        "Hello, this is an automated assistant calling for Ava's Plumbing on a recorded line. Am I speaking with Ana Reyes?",
        None,
        0,
    ),
    ("customer", "Yes, this is Ana.", None, 9),
    (
        "agent",
        "Thank you. I'm calling about invoice 2207 for 796 dollars, which was due on Friday. Shall I send you the link?",
        "Thank you. I'm calling about invoice 2207 for 796 dollars,",
        11,
    ),
    ("customer", "Well, we are happy to pay when the job is done. The sink still leaks.", None, 19),
    (
        "agent",
        "I understand. We have stopped asking about this invoice, and you will have that in writing. Thank you. Goodbye.",
        None,
        25,
    ),
)


def a_day(firm: Firm) -> Scene:
    """Everything at once. The caller acts for the business."""
    make = Maker(firm)
    disputed, call, dispute = disputed_on_a_call(make)
    paused = _already_paid(make)
    paid = _recovered(make)
    task = _stopped(make)
    _promised(make)
    _nobody_answered(make)
    planned = _planned(make)
    _quiet(make)
    _books(make)
    return Scene(firm, disputed, dispute, call, planned, paused, paid, task)


def disputed_on_a_call(make: Maker) -> tuple[Invoice, Call, Dispute]:
    """Harbor Cafe, whose sink still leaks: that part of the day alone."""
    cafe = make.customer("Harbor Cafe", "Ana Reyes", "0103", email="ana@harborcafe.example")
    invoice = make.invoice(cafe, "2207", "796.00", 4, total=Decimal("1296.00"))
    make.invoice(cafe, "2229", "750.00", 1)
    make.pay(invoice, "500.00", 6)
    call = make.call([invoice], make.at(0, 9, 5), "dispute", 72, reason="quality", stopped_line=3)
    for position, (speaker, text, part, second) in enumerate(SAID):
        played = part or text if speaker == "agent" else None
        TranscriptLine.objects.create(
            call=call, position=position, speaker=speaker, text=text, played=played, second=Decimal(second)
        )
    said = NewClaim(
        source=Claim.Source.CALL,
        source_key=str(call.pk),
        words=SAID[3][1],
        reason="quality",
        said_at=make.at(0, 9, 6),
        by="Ana Reyes",
        evidence={"call": str(call.pk), "second": 19},
    )
    (dispute,) = open_dispute(invoice.pk, claim=said)
    Dispute.objects.filter(pk=dispute.pk).update(owner_told_at=dispute.opened_at + timedelta(seconds=4))
    return invoice, call, dispute


def _already_paid(make: Maker) -> Invoice:
    ortiz = make.customer("Ortiz Auto Body", "Ben Ortiz", "0105")
    invoice = make.invoice(ortiz, "2188", "980.00", 10)
    call = make.call([invoice], make.at(1, 10, 20), "already_paid", 58)
    pause(
        invoice.pk, why="already_paid", words="I mailed you a check on Friday.", by="Ben Ortiz", source_key=str(call.pk)
    )
    return invoice


def _recovered(make: Maker) -> Invoice:
    books = make.customer("Beacon Books", "Ruth Hale", "0111")
    invoice = make.invoice(books, "2240", "0.00", 6, total=Decimal("333.33"), books_status=Invoice.Books.PAID)
    make.call([invoice], make.at(1, 9, 5), "pay_now", 64)
    make.pay(invoice, "333.33", 0)
    earlier = make.invoice(books, "2101", "0.00", 40, total=Decimal("410.00"), books_status=Invoice.Books.PAID)
    make.pay(earlier, "410.00", 30)
    look_for_recoveries()
    return invoice


def _stopped(make: Maker) -> ActivityLine:
    bakery = make.customer("Nguyen Bakery", "Thu Nguyen", "0107")
    invoice = make.invoice(bakery, "2236", "388.40", 5)
    last = make.call([invoice], make.at(1, 11, 40), "opt_out", 19)
    timeline.record(last, "asks_owner", by="agent", customer=bakery.pk, task="opt_out")
    stop(bakery.pk, StopKind.OPT_OUT, number="+16145550107", words="Stop calling me.", source="call", by="Thu Nguyen")
    dental = make.customer("Lena Park Dental", "Lena Park", "0104")
    call = make.call([make.invoice(dental, "2234", "452.75", 8)], make.at(1, 13, 15), "request_human", 41)
    return timeline.record(call, "asks_owner", by="agent", customer=dental.pk, task="request_human")


def _promised(make: Maker) -> None:
    oak = make.customer("Oak & Sons Landscaping", "Ben Oak", "0102")
    invoices = [make.invoice(oak, "2232", "1240.00", 6), make.invoice(oak, "2233", "700.00", 5)]
    make.call(invoices, make.at(1, 9, 20), "promise_to_pay", 88)
    for invoice in invoices:
        Promise.objects.create(
            customer=oak,
            invoice=invoice,
            amount=invoice.balance,
            currency="USD",
            promised_for=make.today + timedelta(days=3),
            how="check",
            holds_until=make.today + timedelta(days=10),
            source="call",
            made_at=make.at(1, 9, 21),
        )


def _nobody_answered(make: Maker) -> None:
    fitness = make.customer("Summit Fitness", "Carl Webb", "0108")
    make.call([make.invoice(fitness, "2237", "1510.00", 9)], make.at(1, 14, 10), "voicemail_greeting", 31)
    lakeview = make.customer("Lakeview Apartments", "Dana Cole", "0109")
    make.call([make.invoice(lakeview, "2238", "2275.50", 12)], make.at(4, 15, 40), "no_answer")


def _planned(make: Maker) -> Attempt:
    roofing = make.customer("Delgado Roofing", "Luis Delgado", "0114")
    realty = make.customer("Whitaker Realty", "Joan Whitaker", "0106")
    make.attempt([make.invoice(realty, "2235", "265.00", 7)], make.at(0, 11, 30))
    both = [make.invoice(roofing, "2245", "870.00", 5), make.invoice(roofing, "2246", "1120.00", 4)]
    return make.attempt(both, make.at(0, 14, 20), number=2)


def _quiet(make: Maker) -> None:
    """Those nobody is called about, each for its own reason."""
    diaz = make.customer("Marta Diaz", "Marta Diaz", "0101", kind=Customer.Kind.CONSUMER, company="")
    make.invoice(diaz, "2231", "310.00", 3)
    school = make.customer("Green Valley School", "Sam Iqbal", "")
    school.contacts.update(phone_problem="missing")
    make.invoice(school, "2241", "620.00", 6)
    church = make.customer("Hillside Church", "Rev. Paul King", "0112")
    make.invoice(church, "2243", "410.00", 1)
    moving = make.customer("Buckeye Moving", "Nora Lane", "0115")
    for index in range(12):
        make.invoice(moving, str(2300 + index), f"{180 + 35 * index}.00", -3 * index - 1)
    make.invoice(moving, "2090", "1850.00", 44)
    make.invoice(moving, "2250", "240.00", -6, currency="EUR")


def _books(make: Maker) -> None:
    connection = make.firm.connection
    SyncRun.objects.create(
        connection=connection, status="done", whole=True, seen=137, written=137, set_aside=1,
        started_at=make.at(20, 9), ended_at=make.at(20, 9, 2),
    )  # fmt: skip
    SyncRun.objects.create(
        connection=connection, status="failed", whole=False, started_at=make.at(1, 3), ended_at=make.at(1, 3, 1),
        problem="vendor_down",
    )  # fmt: skip
    SetAside.objects.create(
        connection=connection, kind="invoice", external_id="951", label="2251", reason="amount_decimals",
        detail="12.345", first_seen_at=make.at(2, 9), last_seen_at=make.at(0, 8),
    )  # fmt: skip
