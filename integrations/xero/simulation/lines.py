"""Line items of a document, and the sums above them: subtotal and tax."""

from dataclasses import dataclass
from decimal import Decimal

from integrations.simulation.call import Json
from integrations.simulation.entities import ZERO, Credit, Invoice, Line
from integrations.xero.simulation.company import XeroBooks
from integrations.xero.simulation.forms import guid, money, quantity, unit_amount


@dataclass(frozen=True)
class Sums:
    """Tax is within the line amounts where they are inclusive, on top of them otherwise."""

    subtotal: Decimal
    tax: Decimal
    total: Decimal
    discount: Decimal


def lines_of(document: Invoice | Credit) -> list[Line]:
    """A credit's lines are the vendor's own; without any it is one line over all of it."""
    if isinstance(document, Invoice):
        return document.lines
    if kept := document.extra.get("lines"):
        return [Line(one["description"], Decimal(one["quantity"]), Decimal(one["price"]), one["item"]) for one in kept]
    return [Line(document.reason or "Credit", Decimal(1), document.total - tax_of(document))]


def tax_of(document: Invoice | Credit) -> Decimal:
    return document.tax if isinstance(document, Invoice) else Decimal(document.extra.get("tax", "0"))


def discount_of(document: Invoice | Credit) -> Decimal:
    return document.discount if isinstance(document, Invoice) else ZERO


def sums(document: Invoice | Credit) -> Sums:
    tax, discount = tax_of(document), discount_of(document)
    return Sums(money(document.total - tax), money(tax), money(document.total), money(discount))


def amount_types(document: Invoice | Credit) -> str:
    return str(document.extra.get("LineAmountTypes") or "Exclusive")


def line_items(books: XeroBooks, document: Invoice | Credit, places: int = 2) -> list[Json]:
    """As they are printed. The tax of the document is spread over its lines, the last one takes the odd cent."""
    lines, tax = lines_of(document), tax_of(document)
    inclusive = amount_types(document) == "Inclusive"
    discounts = _discounts(lines, discount_of(document))
    bases = [line.amount - discount for line, discount in zip(lines, discounts, strict=True)]
    shares = _shares(tax, bases)
    found = []
    for number, (line, base, share, discount) in enumerate(zip(lines, bases, shares, discounts, strict=True)):
        item: Json = {}
        if line.item:
            item["ItemCode"] = line.item
        price = line.price + (share / line.quantity if inclusive and line.quantity else ZERO)
        item |= {
            "Description": line.description,
            "UnitAmount": unit_amount(price, places),
            "TaxType": books.edition.tax_type if tax else "NONE",
            "TaxAmount": share,
            "LineAmount": money(base + (share if inclusive else ZERO)),
            "AccountCode": "400" if books.payable else "200",
            "Tracking": [],
            "Quantity": quantity(line.quantity),
        }
        if discount:
            item["DiscountAmount"] = money(discount)
        item["LineItemID"] = guid(document.id, "line", number)
        found.append(item)
    if isinstance(document, Invoice) and document.memo:
        # A line of words alone: no quantity, no price.
        item_id = guid(document.id, "line", "memo")
        found.append({"Description": document.memo, "LineAmount": money(ZERO), "Tracking": [], "LineItemID": item_id})
    return found


def _discounts(lines: list[Line], discount: Decimal) -> list[Decimal]:
    """A discount on the whole invoice sits on its first lines, as far as each of them goes."""
    found = []
    for line in lines:
        part = min(discount, max(ZERO, line.amount))
        found.append(part)
        discount -= part
    if discount and found:
        found[-1] += discount
    return found


def _shares(tax: Decimal, bases: list[Decimal]) -> list[Decimal]:
    whole = sum(bases, ZERO)
    if not bases or not whole:
        return [money(tax), *[money(ZERO)] * (len(bases) - 1)][: len(bases)]
    found = [money(tax * base / whole) for base in bases[:-1]]
    return [*found, money(tax - sum(found, ZERO))]
