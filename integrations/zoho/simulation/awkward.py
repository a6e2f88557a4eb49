"""What only Zoho Books has, given to planted books: approvals, sub-statuses, custom fields, every state there is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from integrations.simulation.books import Books
from integrations.simulation.entities import Customer, Invoice
from integrations.zoho.simulation import forms
from integrations.zoho.simulation.organizations import BY_ID

NEEDED = 14
"""Books with fewer unpaid invoices are left as they were planted."""
DONE = "zoho_states"


def finish(books: Books) -> None:
    """Every status, field and state of money occurs at least once. Safe to call again."""
    if books.extra.get(DONE) or any("approval" in one.extra for one in books.invoices.values()):
        return
    books.extra[DONE] = True
    untouched = [one for one in books.invoices.values() if _untouched(books, one)]
    if len(untouched) < NEEDED:
        return
    late = [one for one in untouched if one.due_on is not None and one.due_on < books.today()]
    recent = [one for one in reversed(untouched) if one not in late]
    # Where the planted history has too few late or too few recent ones, the others must do.
    chosen = [*recent[: NEEDED // 2], *late[:NEEDED]] if len(late) >= NEEDED else untouched
    new, old = chosen[: NEEDED // 2], chosen[NEEDED // 2 :]
    for invoice, approval in zip(new, ("", "pending_approval", "approved", "rejected"), strict=False):
        invoice.status, invoice.sent, invoice.viewed = "draft", False, False
        if approval:
            invoice.extra["approval"] = approval
    new[4].viewed = True
    new[5].reference = "PO-77120"
    new[5].extra["payment_expected_date"] = forms.day(books.today() + timedelta(days=9))
    _late_ones(books, old)


def _late_ones(books: Books, late: list[Invoice]) -> None:
    partly, written_off, disputed, commented, credited = late[:5]
    part = _half(partly.total)
    books.pay(partly.customer, part, {partly.id: part}, reference="CHK 20418")
    books.write_off(written_off.id)
    disputed.extra["sub_status"] = "In Dispute"
    disputed.extra["custom_fields"] = {"cf_dispute_reference": "D-1042"}
    disputed.reminders_on = False
    disputed.extra["reminders_sent"] = 2
    books.comment(commented.id, "Says the March hours were billed twice; Priya looks into it.")
    credit = books.add_credit(credited.customer, credited.total, reason="Service credit", reference="GOODWILL-1")
    books.apply_credit(credit.id, credited.id, _half(credited.total))
    books.add_credit(partly.customer, Decimal("75.00"), reason="Outage credit", status="draft")
    void = books.add_credit(disputed.customer, Decimal("120.00"), reason="Entered by mistake")
    books.void_credit(void.id)
    books.pay(written_off.customer, Decimal("40.00"), {}, method="card", reference="Paid twice")
    books.change_customer(disputed.customer, chased_by_vendor=False)


def vendors(books: Books) -> list[Customer]:
    """Contacts of the other kind, which a list without contact_type holds too."""
    organization = BY_ID[books.account]
    born = datetime(2024, 5, 6, 13, 0, tzinfo=UTC)
    found = []
    for number, name in enumerate(("Northline Hosting", "Paper & Ink Supply"), start=9_000_001):
        id = forms.object_id(organization.data_center, "customer", number, organization=organization.number)
        one = Customer(id, name, company=name, currency=books.currency, country=books.country)
        one.extra["contact_type"] = "vendor"
        one.created_at = one.updated_at = born
        found.append(one)
    return found


def _untouched(books: Books, invoice: Invoice) -> bool:
    return invoice.status == "open" and invoice.total > 1 and books.balance(invoice) == invoice.total


def _half(amount: Decimal) -> Decimal:
    return (amount / 2).quantize(Decimal("0.01"))
