"""What must hold on every call, whoever is on it: silence about money after a stop, nothing before the right person, no number
that is not in the books, and an end with a result. Each function names what broke it, or nothing.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from calls.agent import Brief, DebtorType, InvoiceFacts, Language, LinkChannel, Role
from calls.agent.acts import RightParty
from calls.agent.steps import Asks
from integrations.twilio.simulation.generator import Bill
from syntharra.money import of
from tests.calls.virtual_telephone import Moment, Played

TODAY = date(2026, 3, 18)
PHONE = "+16145550199"
MONEY = re.compile(
    r"\$|\d+\.\d\d|\b(?:pay|paid|payments?|owe[sd]?|balance|due|amount|link|invoices?|expect it|when can|"
    r"pag\w+|deb[eo]|monto|venc\w+|enlace|facturas?)\b",
    re.IGNORECASE,
)
DEBT = re.compile(
    r"\$|\b(?:invoices?|debts?|owe[sd]?|pay|paid|payments?|bills?|balance|due|overdue|amount|collect\w*|money|facturas?|"
    r"deudas?|pag\w+|deb[eo]|dinero|cobr\w+|monto)\b",
    re.IGNORECASE,
)
# What we say about the dispute itself is no demand: that nobody will ask for money, and the one question about what is wrong.
ABOUT_THE_DISPUTE = re.compile(
    r"We will not ask you for money while this is open\.|are not asking you for money\.|"
    r"Is there something about this invoice you don't agree with\?|No le pediremos dinero[^.]*\.|"
    r"¿Hay algo de esta factura[^?]*\?",
    re.IGNORECASE,
)
WHOLE_NUMBERS = re.compile(r"\d+")


def brief_of(bill: Bill, language: Language = Language.ENGLISH) -> Brief:
    """The facts of a call about this bill, as they would come from the books."""
    return Brief(
        business_name=bill.business,
        customer_name=bill.customer,
        contact_name=bill.contact,
        invoices=tuple(
            InvoiceFacts(
                one.number, of(f"{one.cents / 100:.2f}", "USD"), TODAY - timedelta(days=one.days_overdue), one.work
            )
            for one in bill.invoices
        ),
        today=TODAY,
        debtor_type=DebtorType(bill.debtor),
        role=Role.THIRD_PARTY,
        language=language,
        zip_code=bill.zip_code,
        street=bill.street,
        callback_number=PHONE,
        link=LinkChannel.EMAIL,
    )


def money_after_a_stop(played: Played) -> list[str]:
    """What was said of money while the state was silent about it."""
    return [m.text for m in _ours(played) if m.state.silent_about_money and _asks_for_money(m)]


def money_after(sent: Iterable[Moment]) -> list[str]:
    """Of these lines, those that name money, or ask anything but what is wrong."""
    return [m.text for m in sent if _asks_for_money(m) or _asks_something_else(m)]


def debt_before_the_right_party(played: Played) -> list[str]:
    """What a consumer was told of a debt before it was clear who he is."""
    told = []
    for moment in played.moments:
        if any(isinstance(act, RightParty) for act in moment.acts) or moment.state.right_party:
            break
        if moment.kind == "say" and DEBT.search(moment.text):
            told.append(moment.text)
    return told


def numbers_not_in_the_books(played: Played, brief: Brief) -> set[str]:
    """Every figure in our lines that is neither a fact of the call nor a day that was named."""
    known = set(WHOLE_NUMBERS.findall(f"{brief.total.amount} 614 555 0199"))
    for invoice in brief.invoices:
        known |= set(WHOLE_NUMBERS.findall(f"{invoice.number} {invoice.amount.amount} {invoice.due_date.day}"))
    spoken: set[str] = set()
    for moment in _ours(played):
        spoken |= set(WHOLE_NUMBERS.findall(_DAYS.sub("", moment.text.replace(",", ""))))
    return spoken - known


_DAYS = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December) \d+(?: \d{4})?|"
    r"\d+ de [a-z]+(?: de \d{4})?|\d+:\d\d\s?[AP]M|\d+:\d\d"
)


def _ours(played: Played) -> list[Moment]:
    return [moment for moment in played.moments if moment.kind == "say"]


def _asks_for_money(moment: Moment) -> bool:
    return MONEY.search(ABOUT_THE_DISPUTE.sub("", moment.text)) is not None


def _asks_something_else(moment: Moment) -> bool:
    return moment.line is not None and moment.line.asks not in (None, Asks.WHAT_IS_WRONG)
