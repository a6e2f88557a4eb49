"""What the pay page shows: each invoice of the link and how it stands, what may be paid now, and by which ways. Only reads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Business
from disputes import page
from disputes.models import Dispute, Resolution
from integrations.stripe import connecting, minor
from invoices import paying
from invoices.models import CardPayment, Checkout, Customer, Invoice, InvoiceLine
from invoices.paying import Wish
from syntharra import money
from syntharra.models import Link
from syntharra.money import Money

MOST_LINES = 6


@dataclass(frozen=True)
class Bill:
    """One invoice. ``state``: open, coming, stopped, done. ``words`` say it to the customer."""

    invoice: Invoice
    state: str
    words: str
    work: tuple[str, ...] = ()
    dispute: Dispute | None = None
    agreed: Money | None = None  # what he may pay because it was agreed, or because he does not object to it
    agreed_words: str = ""

    @property
    def balance(self) -> Money:
        return self.invoice.balance_money

    @property
    def key(self) -> str:
        return str(self.invoice.pk)


@dataclass(frozen=True)
class Ways:
    """How it can be paid: by card here, at the books' own page, or as the firm says."""

    card: bool
    vendor_url: str = ""
    words: str = ""
    phone: str = ""

    @property
    def any(self) -> bool:
        return bool(self.card or self.vendor_url or self.words)


@dataclass(frozen=True)
class Page:
    firm: Business
    customer: Customer
    bills: tuple[Bill, ...]
    ways: Ways
    thanks: str = ""
    total: Money | None = None
    open: tuple[Bill, ...] = field(default=())
    stopped: tuple[Bill, ...] = field(default=())
    takes_part: bool = False
    least: Money | None = None


def of_link(link: Link) -> tuple[Customer, list[Invoice]]:
    """Whose page it is, and the invoices it is about; those of the link that are not there any more are left out."""
    customer = Customer.objects.select_related("business").get(pk=link.subject)
    ids = [UUID(one) for one in link.scope["invoices"]]
    found = customer.invoices.filter(pk__in=ids).select_related("business", "connection", "customer")
    return customer, list(found.order_by("due_on", "number"))


def shown(customer: Customer, invoices: Sequence[Invoice], *, thanks: str = "") -> Page:
    """The page as it stands."""
    lines = _work(invoices)
    live = {one.invoice_id: one for one in Dispute.objects.live().filter(invoice__in=invoices)}
    agreed = _settled(live)
    bills = tuple(_bill(one, lines.get(one.pk, ()), live.get(one.pk), agreed) for one in invoices)
    currencies = {bill.invoice.currency for bill in bills}
    payable = tuple(bill for bill in bills if bill.state == "open")
    stopped = tuple(bill for bill in bills if bill.state == "stopped")
    card = bool(payable or stopped) and len(currencies) == 1 and _takes(currencies)
    alone = payable[0] if len(payable) == 1 else None
    firm = customer.business
    least = None
    if alone is not None:
        wish = Wish(shares={}, seen={})
        least = money.of(paying.least_of(alone.invoice, wish), alone.invoice.currency)
    total = money.total([bill.balance for bill in payable], payable[0].invoice.currency) if payable and card else None
    if payable and total is None and len({bill.invoice.currency for bill in payable}) == 1:
        total = money.total([bill.balance for bill in payable], payable[0].invoice.currency)
    return Page(
        firm=firm,
        customer=customer,
        bills=bills,
        ways=Ways(
            card=card,
            vendor_url=alone.invoice.pay_url if alone is not None and not card else "",
            words=firm.how_to_pay,
            phone=firm.callback_number or firm.dispute_phone,
        ),
        thanks=thanks,
        total=total,
        open=payable,
        stopped=stopped,
        takes_part=card and alone is not None and least is not None and least < alone.balance,
        least=least,
    )


@dataclass(frozen=True)
class Beside:
    """What the page of a dispute offers beside the question: to pay anyway, or (``agreed``) what he has accepted."""

    agreed: Money | None


def beside(dispute: Dispute, invoice: Invoice) -> Beside | None:
    """None where nothing is open, a payment is on its way, or no card is taken."""
    is_open = invoice.books_status == Invoice.Books.OPEN and invoice.balance > 0 and invoice.card_paid_at is None
    if dispute.closed_at is not None or not is_open or not _takes({invoice.currency}):
        return None
    offers = _settled({invoice.pk: dispute}) if dispute.status == Dispute.Status.RESOLVING else {}
    offer = offers.get(dispute.pk)
    agreed = offer.agreed_balance if offer is not None else None
    return Beside(money.of(agreed, invoice.currency) if agreed and agreed <= invoice.balance else None)


def thanks_for(session: str, customer: Customer) -> str:
    """What is true about the payment he comes back from; "" where there is nothing to say."""
    checkout = Checkout.objects.filter(session=session, customer=customer).first() if session else None
    if checkout is None:
        return ""
    payment = CardPayment.objects.filter(checkout=checkout).first()
    amount = money.shown(money.of(checkout.amount, checkout.currency))
    if payment is None:
        return _(
            "Thank you. The card processor has not told us yet that %(amount)s was paid. Look again in a minute."
        ) % {"amount": amount}
    if payment.status == CardPayment.Status.FAILED:
        return _("The payment of %(amount)s did not arrive: the bank did not send it.") % {"amount": amount}
    if payment.status == CardPayment.Status.COMING:
        return _("Thank you. Your payment of %(amount)s is on its way; banks take a few days.") % {"amount": amount}
    if payment.in_books_at is None:
        return _("Thank you, your payment of %(amount)s has arrived. We wait for the firm's books to show it.") % {
            "amount": amount
        }
    return _("Thank you, your payment of %(amount)s has arrived and stands in the firm's books.") % {"amount": amount}


def _takes(currencies: set[str]) -> bool:
    return all(minor.takes(one) for one in currencies) and connecting.taking() is not None


def _bill(invoice: Invoice, work: tuple[str, ...], dispute: Dispute | None, settled: dict[UUID, Resolution]) -> Bill:
    if invoice.card_paid_at is not None:
        words = _("A payment by card has come in. We wait for the firm's books to show it; nobody asks you meanwhile.")
        return Bill(invoice, "coming", words, work, dispute)
    if invoice.books_status != Invoice.Books.OPEN or invoice.balance <= 0:
        return Bill(invoice, "done", _("Nothing is open on this invoice."), work, dispute)
    if not paying.is_stopped(invoice):
        return Bill(invoice, "open", "", work, dispute)
    agreed, why = _agreed(invoice, dispute, settled)
    return Bill(invoice, "stopped", _why_stopped(invoice, dispute), work, dispute, agreed, why)


def _why_stopped(invoice: Invoice, dispute: Dispute | None) -> str:
    if dispute is not None:
        return _("We have stopped asking for this. %(standing)s") % {"standing": page.standing(dispute)}
    if invoice.paused_reason == Invoice.Paused.ALREADY_PAID:
        return _("We have stopped asking for this: you told us that it is paid. The firm looks for it.")
    if invoice.paused_reason:
        return _("We have stopped asking for this, because we were not sure whether something is wrong with it.")
    return _("We do not ask for this any more. If you have a question about it, please ask the firm.")


def _agreed(invoice: Invoice, dispute: Dispute | None, settled: dict[UUID, Resolution]) -> tuple[Money | None, str]:
    """What he may pay without giving anything up: what was agreed on, else the part his own figure leaves."""
    if dispute is None:
        return None, ""
    offer = settled.get(dispute.pk)
    if offer is not None and offer.agreed_balance and offer.agreed_balance <= invoice.balance:
        amount = money.of(offer.agreed_balance, invoice.currency)
        return amount, _("Pay what was agreed: %(amount)s") % {"amount": money.shown(amount)}
    objected = dispute.disputed_amount
    if dispute.specified_at is not None and objected is not None and Decimal(0) < objected < invoice.balance:
        amount = money.of(invoice.balance - objected, invoice.currency)
        return amount, _("Pay the part you agree with: %(amount)s") % {"amount": money.shown(amount)}
    return None, ""


def _settled(live: dict[UUID, Dispute]) -> dict[UUID, Resolution]:
    """Offers he has accepted and the books do not show yet, by dispute."""
    if not live:
        return {}
    accepted = Resolution.objects.filter(
        dispute__in=list(live.values()), kind=Resolution.Kind.SETTLEMENT, status="running", answer="accepted"
    )
    return {one.dispute_id: one for one in accepted}


def _work(invoices: Sequence[Invoice]) -> dict[UUID, tuple[str, ...]]:
    """What each is for, as its own lines say."""
    found: dict[UUID, list[str]] = {}
    rows = InvoiceLine.objects.filter(invoice__in=invoices).order_by("invoice", "position")
    for pk, item, description in rows.values_list("invoice_id", "item", "description"):
        words = (description or item).strip()
        if words and len(found.setdefault(pk, [])) < MOST_LINES:
            found[pk].append(words[:140])
    return {pk: tuple(words) for pk, words in found.items()}
