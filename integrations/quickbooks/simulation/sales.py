"""Invoices and credit memos: what the vendor works out itself when one is written, voided or deleted."""

from datetime import date, timedelta
from decimal import Decimal

from integrations.quickbooks.simulation.amounts import ZERO, amount_or_zero, cents
from integrations.quickbooks.simulation.answers import ApiFault, Json
from integrations.quickbooks.simulation.bodies import invalid_request, missing, required
from integrations.quickbooks.simulation.books import Books, dictionaries, full_name, reference
from integrations.quickbooks.simulation.payments import apply_credit, drop_links

DETAIL_TYPES = ("SalesItemLineDetail", "SubTotalLineDetail", "DiscountLineDetail", "DescriptionOnly", "GroupLineDetail")
KEPT = ("Id", "SyncToken", "MetaData", "domain", "LinkedTxn", "TotalAmt", "Balance", "RemainingCredit", "DocNumber")
COMPUTED = ("Id", "SyncToken", "MetaData", "domain", "sparse", "status", "LinkedTxn", "TotalAmt", "Balance")
OPEN_AMOUNT = {"Invoice": "Balance", "CreditMemo": "RemainingCredit"}


def create(books: Books, entity: str, body: Json) -> Json:
    """A new invoice or credit memo; with automatic credits on, a credit memo may be used up at once."""
    given = {name: value for name, value in body.items() if name not in COMPUTED and value is not None}
    item = _completed(books, entity, given)
    item["DocNumber"] = item.get("DocNumber") or books.next_document()
    total = _total(item)
    item |= {"TotalAmt": total, "Balance": total - amount_or_zero(item.get("Deposit"))}
    if entity == "CreditMemo":
        item["RemainingCredit"] = total
    made = books.add(entity, item)
    books.refresh_balance(reference(made, "CustomerRef"))
    if entity == "CreditMemo" and books.preferences["SalesFormsPrefs"]["AutoApplyCredit"]:
        _apply_to_oldest(books, made)
    return books.get(entity, made["Id"])


def update(books: Books, entity: str, current: Json, body: Json) -> Json:
    """A full update clears what it leaves out; a sparse one changes only what it names."""
    given = {name: value for name, value in body.items() if name not in COMPUTED}
    kept = current if body.get("sparse") is True else {name: current[name] for name in KEPT if name in current}
    merged = {name: value for name, value in {**kept, **given}.items() if value is not None}
    rewritten = "Line" in given or body.get("sparse") is not True
    item = _completed(books, entity, merged) if rewritten else merged
    total = _total(item) if rewritten or "TxnTaxDetail" in given else amount_or_zero(current.get("TotalAmt"))
    open_name = OPEN_AMOUNT[entity]
    still_open = amount_or_zero(current.get(open_name)) + total - amount_or_zero(current.get("TotalAmt"))
    still_open += amount_or_zero(current.get("Deposit")) - amount_or_zero(item.get("Deposit"))
    if still_open < 0:
        raise ApiFault("6000", "A business validation error has occurred", "The amount is less than what is applied")
    item |= {"TotalAmt": total, "Balance": still_open, open_name: still_open, "sparse": False}
    changed = books.save(entity, item)
    for customer in {reference(current, "CustomerRef"), reference(changed, "CustomerRef")}:
        books.refresh_balance(customer)
    return changed


def void(books: Books, entity: str, current: Json) -> Json:
    """Amounts 0 and `Voided` in the private note; payments on it become credit of the customer."""
    drop_links(books, entity, current)
    current = books.get(entity, current["Id"])
    lines = [_emptied(line) for line in dictionaries(current.get("Line"))]
    note = current.get("PrivateNote")
    item = {
        **current,
        "Line": lines,
        "PrivateNote": f"Voided - {note}" if note else "Voided",
        "TotalAmt": ZERO,
        "Balance": ZERO,
        "LinkedTxn": [],
        "TxnTaxDetail": {"TotalTax": ZERO},
    }
    if entity == "CreditMemo":
        item["RemainingCredit"] = ZERO
    changed = books.save(entity, item, operation="voided")
    books.refresh_balance(reference(changed, "CustomerRef"))
    return changed


def delete(books: Books, entity: str, current: Json) -> None:
    """The object is gone; payments on it become credit of the customer."""
    drop_links(books, entity, current)
    books.remove(entity, current["Id"])
    books.refresh_balance(reference(current, "CustomerRef"))


def _completed(books: Books, entity: str, given: Json) -> Json:
    """Lines numbered and summed up, names beside references, dates and defaults filled in."""
    customer = books.get("Customer", _customer_id(given))
    lines = _lines(books, required(given, "Line"))
    txn_date = _date(given, "TxnDate") or books.today()
    item = {
        **given,
        "CustomerRef": {"value": customer["Id"], "name": full_name(customer)},
        "Line": lines,
        "TxnDate": txn_date.isoformat(),
        "CurrencyRef": books.preferences["CurrencyPrefs"]["HomeCurrency"],
        "TxnTaxDetail": given.get("TxnTaxDetail") or {"TotalTax": ZERO},
        "EmailStatus": given.get("EmailStatus") or "NotSet",
        "PrintStatus": given.get("PrintStatus") or "NeedToPrint",
    }
    item.setdefault("ApplyTaxAfterDiscount", False)
    item.setdefault("LinkedTxn", [])
    if entity == "Invoice":
        due = _date(given, "DueDate") or txn_date + timedelta(days=_term_days(books, given))
        item |= {"DueDate": due.isoformat(), "Deposit": amount_or_zero(given.get("Deposit"))}
    return item


def _customer_id(given: Json) -> str:
    customer = reference(given, "CustomerRef")
    if customer is None:
        raise missing("CustomerRef")
    return customer


def _date(given: Json, name: str) -> date | None:
    value = given.get(name)
    try:
        return date.fromisoformat(value) if value else None
    except (TypeError, ValueError):
        raise invalid_request(f"{value!r} is not a date", element=name) from None


def _term_days(books: Books, given: Json) -> int:
    term = books.tables["Term"].get(reference(given, "SalesTermRef") or "")
    return int(term["DueDays"]) if term else 30


def _lines(books: Books, given: object) -> list[Json]:
    lines = [dict(line) for line in dictionaries(given) if line.get("DetailType") != "SubTotalLineDetail"]
    if not lines:
        raise missing("Line")
    for number, line in enumerate(lines, start=1):
        _check_line(books, line)
        line |= {"Id": str(number), "LineNum": number}
    subtotal = _subtotal(lines)
    return [*lines, {"Amount": subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}]


def _check_line(books: Books, line: Json) -> None:
    if line.get("DetailType") not in DETAIL_TYPES:
        raise ApiFault(
            "2170", "Invalid Enumeration", f"Property:{line.get('DetailType')} set for DetailType is invalid"
        )
    if line["DetailType"] != "SalesItemLineDetail":
        return
    total = amount_or_zero(required(line, "Amount"))
    detail = line.get("SalesItemLineDetail")
    if not isinstance(detail, dict):
        raise missing("SalesItemLineDetail")
    item = reference(detail, "ItemRef")
    if item is not None and books.tables["Item"].get(item) is None:
        raise ApiFault("2500", "Invalid Reference Id", f"Invalid Reference Id : Item {item} does not exist")
    price, quantity = detail.get("UnitPrice"), detail.get("Qty")
    if price is not None and quantity is not None and cents(price * quantity) != cents(total):
        raise ApiFault("6070", "Amount calculation incorrect", "Amount is not equal to UnitPrice * Qty")
    line["Amount"] = cents(total)


def _subtotal(lines: list[Json]) -> Decimal:
    sold = sum((amount_or_zero(one.get("Amount")) for one in lines if one["DetailType"] == "SalesItemLineDetail"), ZERO)
    off = sum((_discount(one, sold) for one in lines if one["DetailType"] == "DiscountLineDetail"), ZERO)
    return sold - off


def _discount(line: Json, sold: Decimal) -> Decimal:
    detail = line.get("DiscountLineDetail") or {}
    if detail.get("PercentBased") is True:
        line["Amount"] = cents(sold * amount_or_zero(detail.get("DiscountPercent")) / 100)
    return amount_or_zero(line.get("Amount"))


def _total(item: Json) -> Decimal:
    subtotals = [one for one in dictionaries(item.get("Line")) if one.get("DetailType") == "SubTotalLineDetail"]
    tax = item.get("TxnTaxDetail")
    total_tax = amount_or_zero(tax.get("TotalTax")) if isinstance(tax, dict) else ZERO
    total = cents(sum((amount_or_zero(one.get("Amount")) for one in subtotals), ZERO) + total_tax)
    if total < 0:
        raise ApiFault("6000", "A business validation error has occurred", "The total of the form must be 0 or more")
    return total


def _emptied(line: Json) -> Json:
    detail = line.get("SalesItemLineDetail")
    if not isinstance(detail, dict):
        return {**line, "Amount": ZERO}
    return {**line, "Amount": ZERO, "SalesItemLineDetail": {**detail, "Qty": 0}}


def _apply_to_oldest(books: Books, memo: Json) -> None:
    customer = reference(memo, "CustomerRef")
    owed = [item for entity, item in books.transactions_of(customer or "") if entity == "Invoice"]
    for invoice in sorted(owed, key=lambda one: (str(one.get("TxnDate")), one["Id"])):
        memo = books.get("CreditMemo", memo["Id"])
        part = min(amount_or_zero(memo["RemainingCredit"]), amount_or_zero(invoice.get("Balance")))
        if part > 0:
            apply_credit(books, memo["Id"], invoice["Id"], part)
