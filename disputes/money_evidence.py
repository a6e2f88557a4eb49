"""What money adds to an evidence pack: pages to pay on, card payments, what banks took back, payment plans.

Numbers by which the processor and the bank know them are in it; the address of a page is not, somebody could pay there.
"""

from collections.abc import Iterable

from disputes.evidence import Item, gathers
from disputes.models import Chargeback, Dispute
from invoices.models import CardPayment, CheckoutInvoice, PlanInvoice


def register() -> None:
    gathers(_by_card)
    gathers(_plans)


def _by_card(dispute: Dispute) -> Iterable[Item]:
    """Each page the customer asked for, before, during and after the dispute, and what came of it."""
    shares = CheckoutInvoice.objects.filter(invoice=dispute.invoice_id).select_related("checkout__account")
    for share in shares.order_by("checkout__asked_at", "pk"):
        page = share.checkout
        facts = {
            "state": page.status, "purpose": page.purpose, "amount": page.amount, "currency": page.currency,
            "of_this_invoice": share.amount, "account": page.account.account, "reference": page.session,
            "asked_at": page.asked_at, "expires_at": page.expires_at, "ended_at": page.ended_at,
            "ended_why": page.ended_why,
        }  # fmt: skip
        yield Item("checkout", "a page to pay by card was asked for", page.asked_at, facts)
    paid = CardPayment.objects.filter(checkout__in=shares.values("checkout")).order_by("seen_at", "pk")
    of_this = {share.checkout_id: share.amount for share in shares}
    for payment in paid:
        yield _payment(payment, of_this_invoice=str(of_this[payment.checkout_id]))
    for row in Chargeback.objects.filter(payment__in=paid).select_related("payment").order_by("opened_at", "pk"):
        yield _chargeback(row)


def _payment(payment: CardPayment, *, of_this_invoice: str) -> Item:
    facts = {
        "state": payment.status, "amount": payment.amount, "currency": payment.currency,
        "of_this_invoice": of_this_invoice, "reference": payment.intent, "charge": payment.charge,
        "seen_at": payment.seen_at, "while_disputed": payment.on_frozen, "more_than_owed": payment.too_much,
        "refunded": payment.refunded, "taken_by_bank": payment.withdrawn, "kept": payment.kept.quantize(payment.amount),
        "in_books_at": payment.in_books_at, "in_books_by": payment.in_books_by,
    }  # fmt: skip
    return Item("card_payment", f"paid by card: {payment.amount} {payment.currency}", payment.seen_at, facts)


def _chargeback(row: Chargeback) -> Item:
    facts = {
        "reference": row.external_id, "payment": row.payment.intent, "reason": row.reason,
        "bank_did_not_pay": row.bounced, "amount": row.amount, "currency": row.currency, "taken": row.withdrawn,
        "answer_by": row.answer_by, "outcome": row.status, "opened_at": row.opened_at, "changed_at": row.changed_at,
        "closed_at": row.closed_at,
    }  # fmt: skip
    return Item("chargeback", f"the customer's bank: {row.reason or 'no reason given'}", row.opened_at, facts)


def _plans(dispute: Dispute) -> Iterable[Item]:
    links = PlanInvoice.objects.filter(invoice=dispute.invoice_id).select_related("plan")
    for link in links.order_by("plan__agreed_at", "pk"):
        plan = link.plan
        facts = {
            "state": plan.status, "total": plan.total, "currency": plan.currency, "of_this_invoice": link.balance,
            "agreed_at": plan.agreed_at, "agreed_how": plan.agreed_how, "agreed_by": plan.agreed_by,
            "ended_at": plan.ended_at, "ended_by": plan.ended_by, "ended_why": plan.ended_why,
            "installments": [
                {
                    "position": part.position, "due_on": part.due_on, "amount": part.amount, "state": part.status,
                    "notices": part.notices, "noticed_at": part.noticed_at, "cure_by": part.cure_by,
                    "paid_at": part.paid_at,
                }
                for part in plan.installments.order_by("position")
            ],
        }  # fmt: skip
        yield Item("plan", f"payment plan of {plan.total} {plan.currency}", plan.agreed_at, facts)
