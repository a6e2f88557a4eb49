"""One of each of Jobber's rarer cases, in every account: `extra["case"]` of the invoice or client says which."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from integrations.simulation.books import Books
from integrations.simulation.entities import Customer, Invoice, Line, Person

CASES: dict[str, Callable[["_Corner"], None]] = {}
LATE, SOON = -45, 12
"""Days from today on which a case is due."""


def add(books: Books) -> None:
    """Once an account."""
    if any("case" in one.extra for one in books.customers.values()):
        return
    corner = _Corner(books)
    for name, case in CASES.items():
        corner.case = name
        case(corner)


def _case(work: Callable[["_Corner"], None]) -> Callable[["_Corner"], None]:
    CASES[work.__name__.removeprefix("_").replace("_", " ")] = work
    return work


class _Corner:
    """Adds objects dated as if they had happened when they would have."""

    def __init__(self, books: Books) -> None:
        self.books, self.case = books, ""

    def at(self, days: int) -> datetime:
        day = self.books.today() + timedelta(days=days)
        moment = datetime.combine(day, time(14, 30), self.books.zone)
        return min(moment, self.books.clock.now())

    def client(self, name: str, *, company: str = "", **facts: Any) -> Customer:
        given, _, family = name.partition(" ")
        place = len(self.books.customers) % 100
        facts = {
            "email": f"{given}.{family}@example.com".lower().replace("'", ""),
            "phones": {"mobile": f"(512) 555-01{place:02d}"},
            "street": f"{100 + place} Pecan Street",
            "city": "Austin",
            "state": "TX",
            "zip": "78704",
            "chased_by_vendor": False,
            **facts,
        }
        at = self.at(-400)
        extra = {"case": self.case, "seasoned": True, **facts.pop("extra", {})}
        return self.books.add_customer(
            company or name, company=company, given=given, family=family, created_at=at, extra=extra, **facts
        )

    def invoice(self, whose: Customer, amount: str, *, due: int = LATE, terms: int = 30, **facts: Any) -> Invoice:
        extra = {"case": self.case, "seasoned": True, **facts.pop("extra", {})}
        issued = self.books.today() + timedelta(days=due - terms)
        if not facts.get("no_due_date"):
            facts["due_on"] = issued + timedelta(days=terms)
        lines = [Line("Spring clean-up, mulch and edging", Decimal(1), Decimal(amount), "Garden maintenance")]
        return self.books.add_invoice(
            whose.id, lines, issued_on=issued, created_at=self.at(due - terms), extra=extra, **facts
        )

    def pay(self, invoice: Invoice, amount: str, *, method: str = "card", on: int = LATE, **facts: Any) -> str:
        extra = {"seasoned": True, **facts.pop("extra", {})}
        paid = self.books.pay(
            invoice.customer,
            Decimal(amount),
            {invoice.id: Decimal(amount)},
            method=method,
            paid_on=self.books.today() + timedelta(days=on),
            created_at=self.at(on),
            extra=extra,
            **facts,
        )
        return paid.id

    def settle(self, *invoices: Invoice, on: int = LATE) -> None:
        """Nothing about these changed after that day."""
        for one in invoices:
            one.updated_at = self.at(on)
            for payment in self.books.payments.values():
                if one.id in payment.applied:
                    payment.updated_at = self.at(on)


@_case
def _deposit_and_part_payment(corner: _Corner) -> None:
    whose = corner.client(
        "Dana Ruiz", company="Ruiz Dental", phones={"work": "512.555.0101 ext. 4", "mobile": "(512) 555-0102"}
    )
    found = corner.invoice(whose, "1700.00", tax=Decimal("140.00"))
    corner.pay(found, "300.00", method="check", on=-80, reference="2214", extra={"adjustment": "DEPOSIT"})
    corner.pay(found, "200.00", method="transfer", on=-30)
    corner.settle(found, on=-30)


@_case
def _tip(corner: _Corner) -> None:
    found = corner.invoice(corner.client("Priya Natarajan"), "180.00")
    corner.pay(found, "180.00", on=-50, extra={"tip": "20.00", "last4": "4242"})
    corner.settle(found, on=-50)


@_case
def _refunded_in_part(corner: _Corner) -> None:
    found = corner.invoice(corner.client("Tom Okafor"), "640.00")
    payment = corner.pay(found, "640.00", on=-60)
    corner.books.refund(payment, Decimal("140.00"))
    corner.settle(found, on=-20)


@_case
def _refunded(corner: _Corner) -> None:
    found = corner.invoice(corner.client("Grace Lindqvist"), "95.50")
    payment = corner.pay(found, "95.50", on=-60)
    corner.books.refund(payment, Decimal("95.50"))
    corner.settle(found, on=-19)


@_case
def _failed_ach(corner: _Corner) -> None:
    found = corner.invoice(corner.client("Walt Brennan"), "1200.00")
    corner.books.reverse_payment(corner.pay(found, "1200.00", method="ach", on=-40))
    corner.settle(found, on=-35)


@_case
def _pending_ach(corner: _Corner) -> None:
    found = corner.invoice(corner.client("Irene Castellanos"), "820.00")
    corner.pay(found, "820.00", method="ach", on=-1, status="pending")
    corner.settle(found, on=-1)


@_case
def _ach_that_never_arrived(corner: _Corner) -> None:
    found = corner.invoice(corner.client("Noah Feldman"), "310.00")
    corner.books.settle_payment(corner.pay(found, "310.00", method="ach", on=-9, status="pending"), "failed")
    corner.settle(found, on=-6)


@_case
def _card_in_dispute(corner: _Corner) -> None:
    found = corner.invoice(corner.client("Bea Thornton"), "455.00")
    corner.pay(found, "455.00", on=-25, extra={"in_dispute": True})
    corner.settle(found, on=-4)


@_case
def _charged_back(corner: _Corner) -> None:
    found = corner.invoice(corner.client("Leo Marchetti"), "530.00")
    corner.books.reverse_payment(corner.pay(found, "530.00", on=-44))
    corner.settle(found, on=-12)


@_case
def _bounced_check(corner: _Corner) -> None:
    found = corner.invoice(corner.client("Sam O'Dell"), "275.00")
    corner.books.reverse_payment(corner.pay(found, "275.00", method="check", on=-44, reference="1187"))
    corner.settle(found, on=-38)


@_case
def _bad_debt(corner: _Corner) -> None:
    found = corner.invoice(corner.client("Hank Mullins"), "2100.00", due=-300)
    corner.books.write_off(found.id)
    corner.settle(found, on=-60)


@_case
def _draft(corner: _Corner) -> None:
    corner.invoice(corner.client("Nora Whitfield"), "760.00", due=SOON, status="draft", sent=False)


@_case
def _not_yet_due(corner: _Corner) -> None:
    corner.invoice(corner.client("Omar Haddad"), "390.00", due=SOON)


@_case
def _days_instead_of_a_due_date(corner: _Corner) -> None:
    corner.invoice(corner.client("Ruth Abernathy"), "615.00", extra={"net_only": True})


@_case
def _no_due_date(corner: _Corner) -> None:
    corner.invoice(corner.client("Felix Baum"), "145.00", no_due_date=True)


@_case
def _financed(corner: _Corner) -> None:
    corner.invoice(corner.client("Gloria Pham"), "8600.00", extra={"financed": True})


@_case
def _one_number_twice(corner: _Corner) -> None:
    whose = corner.client("Vera Kowalski")
    first = corner.invoice(whose, "210.00", due=-80)
    corner.invoice(whose, "215.00", number=first.number)


@_case
def _one_check_for_two_invoices(corner: _Corner) -> None:
    whose = corner.client("Ned Alvarado", company="Alvarado Property Group")
    first, second = corner.invoice(whose, "400.00", due=-75), corner.invoice(whose, "350.00")
    corner.books.pay(
        whose.id,
        Decimal("600.00"),
        {first.id: Decimal("400.00"), second.id: Decimal("200.00")},
        method="check",
        reference="5530",
        paid_on=corner.books.today() + timedelta(days=-30),
        created_at=corner.at(-30),
        extra={"seasoned": True},
    )
    corner.settle(first, second, on=-30)


@_case
def _money_on_no_invoice(corner: _Corner) -> None:
    whose = corner.client("Ida Sorensen")
    on = corner.books.today() + timedelta(days=-15)
    corner.books.pay(
        whose.id, Decimal("250.00"), method="cash", paid_on=on, created_at=corner.at(-15), extra={"seasoned": True}
    )


@_case
def _initial_balance(corner: _Corner) -> None:
    corner.client("Clyde Jennings", extra={"initial_balance": "88.00"})


@_case
def _sample_data(corner: _Corner) -> None:
    whose = corner.client("Sample Client", phones={"mobile": "(780) 555-0100"}, extra={"sample": True})
    corner.invoice(whose, "500.00", due=-20)


@_case
def _lead(corner: _Corner) -> None:
    corner.client("Ken Yamada", extra={"lead": True})


@_case
def _archived_but_owing(corner: _Corner) -> None:
    corner.invoice(corner.client("Opal Dempsey", active=False), "330.00", due=-120)


@_case
def _chased_by_jobber(corner: _Corner) -> None:
    corner.invoice(corner.client("Ray Fontaine", chased_by_vendor=True), "425.00")


@_case
def _many_ways_to_reach(corner: _Corner) -> None:
    people = [
        Person("Alice Munro", "accounts payable", "ap@brightwater.example.com", "(512) 555-0177"),
        Person("Pete Garza", "site super", mobile="512-555-0178"),
    ]
    whose = corner.client(
        "Miles Ito",
        company="Brightwater HOA",
        phones={"main": "+1 512 555 0170", "mobile": "5125550171", "fax": "(512) 555-0172", "other": "ask for Dee"},
        people=people,
        extra={"emails": [{"address": "board@brightwater.example.com", "description": "Work"}], "title": "MR"},
    )
    corner.invoice(whose, "2950.00")


@_case
def _nobody_to_call(corner: _Corner) -> None:
    corner.invoice(corner.client("Zoe Marsh", phones={}, email="", street=""), "72.25")


@_case
def _deleted(corner: _Corner) -> None:
    corner.books.delete_invoice(corner.invoice(corner.client("Art Voss"), "160.00").id)
