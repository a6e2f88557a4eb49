"""Line items as they are sent, read into lines, tax and discount."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from integrations.simulation.call import Json
from integrations.simulation.entities import ZERO, Line
from integrations.xero.simulation.bodies import Wrong, decimal_in, text_in
from integrations.xero.simulation.company import XeroBooks
from integrations.xero.simulation.forms import money

ACCOUNTS = frozenset(("200", "260", "270", "400", "404", "429", "489"))
TAX_RATES = {
    "NONE": ZERO,
    "EXEMPTOUTPUT": ZERO,
    "EXEMPTINPUT": ZERO,
    "ZERORATEDOUTPUT": ZERO,
    "OUTPUT": Decimal("8.25"),
    "INPUT": Decimal("8.25"),
    "OUTPUT2": Decimal(15),
    "INPUT2": Decimal(15),
}
TYPES = ("Exclusive", "Inclusive", "NoTax")


@dataclass(frozen=True)
class Sheet:
    """What the lines come to; amounts of lines are without tax."""

    lines: list[Line]
    tax: Decimal
    discount: Decimal
    amount_types: str

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO) + self.tax - self.discount

    def as_kept(self) -> list[dict[str, Any]]:
        """The lines for where only plain values can be kept."""
        return [
            {"description": one.description, "quantity": str(one.quantity), "price": str(one.price), "item": one.item}
            for one in self.lines
        ]


def read_lines(books: XeroBooks, sent: Json, *, approved: bool, discounts: bool) -> Sheet:
    """Raises Wrong for lines the vendor would not take."""
    types = sent.get("LineAmountTypes") or "Exclusive"
    if types not in TYPES:
        raise Wrong(f"LineAmountTypes '{types}' is not valid")
    lines, tax, discount = [], ZERO, ZERO
    for one in sent["LineItems"]:
        line, line_tax, line_discount = _line(books, one, types, approved=approved)
        if line_discount and not discounts:
            raise Wrong("Discounts are not supported on this type of document")
        lines.append(line)
        tax += line_tax
        discount += line_discount
    if not lines:
        raise Wrong("One or more line items must be specified")
    return Sheet(lines, tax, discount, types)


def _line(books: XeroBooks, sent: Json, types: str, *, approved: bool) -> tuple[Line, Decimal, Decimal]:
    description = text_in(sent, "Description")
    if not description and not sent.get("ItemCode"):
        raise Wrong("Description is required for each line item")
    quantity, price = decimal_in(sent, "Quantity"), decimal_in(sent, "UnitAmount")
    given = decimal_in(sent, "LineAmount")
    if quantity is None and price is None and given is None:
        return Line(description, Decimal(1), ZERO), ZERO, ZERO  # words alone
    quantity = Decimal(1) if quantity is None else quantity
    if price is None:
        price = given / quantity if given is not None and quantity else ZERO
    whole = money(quantity * price)
    discount = _discount(sent, whole)
    if given is not None and money(given) != whole - discount:
        expected = whole - discount
        raise Wrong(f"The line total {money(given)} does not match the expected line total {expected}")
    _account(sent, approved=approved)
    tax = _tax(books, sent, types, whole - discount)
    if types != "Inclusive" or not tax:
        return Line(description, quantity, price, text_in(sent, "ItemCode", longest=30)), tax, discount
    return _without_tax(description, quantity, whole - tax, text_in(sent, "ItemCode", longest=30)), tax, discount


def _discount(sent: Json, whole: Decimal) -> Decimal:
    percent, amount = decimal_in(sent, "DiscountRate"), decimal_in(sent, "DiscountAmount")
    found = money(whole * percent / 100) if percent else money(amount or ZERO)
    if found < 0 or found > max(whole, ZERO):
        raise Wrong("The discount must be between nothing and the line total")
    return found


def _account(sent: Json, *, approved: bool) -> None:
    code = text_in(sent, "AccountCode", longest=10)
    if not code and approved and not sent.get("AccountID"):
        raise Wrong("Account code or ID must be specified")
    if code and code not in ACCOUNTS:
        raise Wrong(f"Account code '{code}' is not a valid code for this document.")


def _tax(books: XeroBooks, sent: Json, types: str, amount: Decimal) -> Decimal:
    kind = sent.get("TaxType") or books.edition.tax_type
    if kind not in TAX_RATES:
        raise Wrong(f"The TaxType code '{kind}' does not exist or cannot be used for this type of transaction.")
    if types == "NoTax":
        return money(ZERO)
    if (given := decimal_in(sent, "TaxAmount")) is not None:
        return money(given)
    percent = TAX_RATES[kind]
    return money(amount * percent / (100 + percent) if types == "Inclusive" else amount * percent / 100)


def _without_tax(description: str, quantity: Decimal, net: Decimal, item: str) -> Line:
    """Quantity and price where they come to the net amount, else one of all of it."""
    if quantity:
        line = Line(description, quantity, (net / quantity).quantize(Decimal("0.0001")), item)
        if line.amount == net:
            return line
    return Line(description, Decimal(1), net, item)
