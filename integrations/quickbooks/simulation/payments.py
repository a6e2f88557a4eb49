"""Payments: what they take off invoices and credit memos, and how that is undone."""

from datetime import date
from decimal import Decimal

from integrations.quickbooks.simulation.amounts import ZERO, amount_or_zero, cents
from integrations.quickbooks.simulation.answers import ApiFault, Json
from integrations.quickbooks.simulation.bodies import invalid_request, missing, required
from integrations.quickbooks.simulation.books import Books, dictionaries, full_name, reference

OPEN_AMOUNTS = {"Invoice": ("Balance",), "CreditMemo": ("RemainingCredit", "Balance")}
COMPUTED = ("Id", "SyncToken", "MetaData", "domain", "sparse", "status", "UnappliedAmt", "LinkedTxn")
NAMESPACE = "{http://schema.intuit.com/finance/v3}NameValue"


def create(books: Books, body: Json) -> Json:
    """A new payment; each line takes its own amount off the invoice or credit memo it is linked to."""
    given = {name: value for name, value in body.items() if name not in COMPUTED and value is not None}
    item = _completed(books, given)
    _check(books, item, before=None)
    made = books.add("Payment", item)
    _settle(books, made["Id"], before=None, after=made)
    books.refresh_balance(reference(made, "CustomerRef"))
    return made


def update(books: Books, current: Json, body: Json) -> Json:
    """The payment as it is now; each target is changed by the difference, once."""
    given = {name: value for name, value in body.items() if name not in COMPUTED}
    system: Json = {name: current[name] for name in ("Id", "SyncToken", "MetaData", "domain") if name in current}
    kept = current if body.get("sparse") is True else system
    merged = {name: value for name, value in {**kept, **given}.items() if value is not None}
    item = _completed(books, merged)
    _check(books, item, before=current)
    changed = books.save("Payment", {**item, "sparse": False})
    _settle(books, changed["Id"], before=current, after=changed)
    for customer in {reference(current, "CustomerRef"), reference(changed, "CustomerRef")}:
        books.refresh_balance(customer)
    return changed


def void(books: Books, current: Json) -> Json:
    """The payment stays with amount 0 and without lines; the invoices are owed again."""
    note = current.get("PrivateNote")
    item = {
        **current,
        "TotalAmt": ZERO,
        "UnappliedAmt": ZERO,
        "Line": [],
        "PrivateNote": f"Voided - {note}" if note else "Voided",
    }
    changed = books.save("Payment", item, operation="voided")
    _settle(books, changed["Id"], before=current, after=None)
    books.refresh_balance(reference(changed, "CustomerRef"))
    return changed


def delete(books: Books, current: Json) -> None:
    """The payment is gone; the invoices are owed again."""
    books.remove("Payment", current["Id"])
    _settle(books, current["Id"], before=current, after=None)
    books.refresh_balance(reference(current, "CustomerRef"))


def apply_credit(books: Books, memo: str, invoice: str, part: Decimal) -> Json:
    """Apply a part of a credit memo to an invoice, as the vendor does: by a payment of nothing with two lines."""
    owner = books.get("Invoice", invoice).get("CustomerRef")
    lines = [
        {"Amount": part, "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]},
        {"Amount": part, "LinkedTxn": [{"TxnId": memo, "TxnType": "CreditMemo"}]},
    ]
    return create(books, {"CustomerRef": owner, "TotalAmt": ZERO, "Line": lines})


def drop_links(books: Books, entity: str, item: Json) -> None:
    """Take an invoice or credit memo off every payment that names it.

    Money that was on an invoice stays as the customer's credit; what a credit memo had paid is owed again.
    """
    dropped = (entity, str(item["Id"]))
    for payment_id in linked_payments(item):
        payment = books.tables["Payment"].get(payment_id)
        if payment is None:
            continue
        lines = [dict(line) for line in dictionaries(payment.get("Line")) if dropped not in targets(line)]
        changed = {**payment, "Line": _covered(lines, amount_or_zero(payment.get("TotalAmt")))}
        changed["UnappliedAmt"] = _unapplied(changed)
        if changed["Line"] or amount_or_zero(payment.get("TotalAmt")):
            books.save("Payment", changed)
        else:
            books.remove("Payment", payment_id)
        _settle(books, payment_id, before=payment, after=changed, leave=dropped)


def _covered(lines: list[Json], money: Decimal) -> list[Json]:
    """The lines cut, last ones first, until money and credits pay for them and no credit is taken for nothing."""
    unapplied = _unapplied({"TotalAmt": money, "Line": lines})
    excess = {"Invoice": -unapplied, "CreditMemo": unapplied - money}
    for line in reversed(lines):
        kind = targets(line)[0][0] if targets(line) else ""
        cut = max(ZERO, min(excess.get(kind, ZERO), amount_or_zero(line.get("Amount"))))
        line["Amount"] = amount_or_zero(line.get("Amount")) - cut
        excess[kind] = excess.get(kind, ZERO) - cut
    return [line for line in lines if line["Amount"]]


def linked_payments(item: Json) -> list[str]:
    """Ids of the payments an invoice or credit memo says it is linked to."""
    links = dictionaries(item.get("LinkedTxn"))
    return [str(link.get("TxnId")) for link in links if link.get("TxnType") == "Payment"]


def targets(line: Json) -> list[tuple[str, str]]:
    """What a payment line is linked to: entity and id."""
    return [(str(link.get("TxnType")), str(link.get("TxnId"))) for link in dictionaries(line.get("LinkedTxn"))]


def _completed(books: Books, given: Json) -> Json:
    customer = reference(given, "CustomerRef")
    if customer is None:
        raise missing("CustomerRef")
    payer = books.get("Customer", customer)
    if "TotalAmt" not in given:
        raise missing("TotalAmt")
    item = {
        "DepositToAccountRef": {"value": "4"},
        "ProcessPayment": False,
        **given,
        "CustomerRef": {"value": payer["Id"], "name": full_name(payer)},
        "TotalAmt": cents(amount_or_zero(given["TotalAmt"])),
        "TxnDate": _date(given) or books.today().isoformat(),
        "CurrencyRef": books.preferences["CurrencyPrefs"]["HomeCurrency"],
        "Line": [_line(books, line) for line in dictionaries(given.get("Line"))],
    }
    item["UnappliedAmt"] = _unapplied(item)
    return item


def _date(given: Json) -> str | None:
    value = given.get("TxnDate")
    try:
        return date.fromisoformat(value).isoformat() if value else None
    except (TypeError, ValueError):
        raise invalid_request(f"{value!r} is not a date", element="TxnDate") from None


def _line(books: Books, line: Json) -> Json:
    """The line with the vendor's note of what was open before it."""
    found = targets(line)
    if not found:
        raise missing("LinkedTxn")
    entity, identity = found[0]
    if entity not in OPEN_AMOUNTS:
        raise ApiFault("2170", "Invalid Enumeration", f"Property:{entity} set for TxnType is invalid")
    target = books.get(entity, identity)
    before = amount_or_zero(target.get(OPEN_AMOUNTS[entity][0]))
    notes = {"txnId": identity, "txnOpenBalance": f"{before:.2f}", "txnReferenceNumber": str(target.get("DocNumber"))}
    extra = [{"name": NAMESPACE, "value": {"Name": name, "Value": text}, "nil": False} for name, text in notes.items()]
    total = cents(amount_or_zero(required(line, "Amount")))
    return {"Amount": total, "LinkedTxn": line["LinkedTxn"], "LineEx": {"any": extra}}


def _unapplied(item: Json) -> Decimal:
    """Money and credits brought in, less what went to invoices."""
    left = amount_or_zero(item.get("TotalAmt"))
    for line in dictionaries(item.get("Line")):
        part = amount_or_zero(line.get("Amount"))
        left += part if any(entity == "CreditMemo" for entity, _ in targets(line)) else -part
    return left


def _check(books: Books, item: Json, *, before: Json | None) -> None:
    """Refuse a payment that takes more than is open, from somebody else, or more than it brings."""
    if item["TotalAmt"] < 0 or item["UnappliedAmt"] < 0:
        raise _business("The lines add up to more than the amount received and the credits used")
    if any(line["Amount"] <= 0 for line in item["Line"]):
        raise _business("The amount of a line must be more than 0")
    payer = item["CustomerRef"]["value"]
    given_back = taken(before)
    for (entity, identity), total in taken(item).items():
        target = books.get(entity, identity)
        if payer not in _family(books, reference(target, "CustomerRef")):
            raise _business(f"{entity} {identity} belongs to another customer")
        still_open = amount_or_zero(target.get(OPEN_AMOUNTS[entity][0])) + given_back.get((entity, identity), ZERO)
        if total > still_open:
            raise _business(f"The amount is more than what is open on {entity} {identity}")


def _business(detail: str) -> ApiFault:
    return ApiFault("6000", "A business validation error has occurred while processing your request", detail)


def _family(books: Books, customer: str | None) -> list[str]:
    """The customer and those above it: a parent may pay for its jobs."""
    found: list[str] = []
    while customer and customer not in found:
        found.append(customer)
        item = books.tables["Customer"].get(customer)
        customer = reference(item, "ParentRef") if item else None
    return found


def taken(payment: Json | None) -> dict[tuple[str, str], Decimal]:
    """How much a payment takes off each thing it is linked to."""
    found: dict[tuple[str, str], Decimal] = {}
    for line in dictionaries(payment.get("Line")) if payment else ():
        for target in targets(line):
            found[target] = found.get(target, ZERO) + amount_or_zero(line.get("Amount"))
    return found


def _settle(
    books: Books,
    payment: str,
    *,
    before: Json | None,
    after: Json | None,
    leave: tuple[str, str] | None = None,
) -> None:
    """Bring every target of a payment from what it took before to what it takes now, but for one that is going."""
    was, now = taken(before), taken(after)
    link = {"TxnId": payment, "TxnType": "Payment"}
    changing = [one for one in dict.fromkeys([*was, *now]) if one != leave and was.get(one) != now.get(one)]
    for entity, identity in changing:
        item = books.tables[entity].get(identity) if entity in OPEN_AMOUNTS else None
        if item is None:
            continue
        difference = was.get((entity, identity), ZERO) - now.get((entity, identity), ZERO)
        others = [one for one in dictionaries(item.get("LinkedTxn")) if one != link]
        changed = {**item, "LinkedTxn": [*others, link] if (entity, identity) in now else others}
        for name in OPEN_AMOUNTS[entity]:
            changed[name] = amount_or_zero(item.get(name)) + difference
        books.save(entity, changed)
        books.refresh_balance(reference(changed, "CustomerRef"))
