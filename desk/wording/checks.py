"""Why an invoice waits for a look first, in plain words with what the reason is about."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.models import Provider
from invoices.checks import FEE_WORDS, NAME_WORDS, Finding, Reason
from invoices.models import Invoice
from syntharra.templatetags.syntharra import day_words

DISPUTED = "disputed"
"""The books' own mark: no look makes it go away, only an answer."""

ICONS = {
    "credit": "banknote",
    "in_flight": "hourglass",
    "not_sent": "mail",
    "no_terms": "calendar-clock",
    "word": "quote",
    "late_fee": "receipt-text",
    "name": "user",
    "changed": "history",
    "twin": "split",
    "elsewhere": "split",
    DISPUTED: "snowflake",
}


def words_for(finding: Finding, invoice: Invoice, *, credit: str, in_memo: bool, others: str = "") -> str:
    """One reason as a sentence. ``credit`` is what lies unused, ``others`` the numbers of those that look alike."""
    about = {"about": finding.about}
    match finding.kind:
        case "credit":
            return _("They have %(amount)s with you that is not used yet") % {"amount": credit}
        case "in_flight":
            return _("Your books say that a payment is on its way, or will be taken by itself")
        case "not_sent":
            return _("Your books have no record that it was ever sent")
        case "no_terms":
            return _("It has no due date")
        case "word" if in_memo:
            return _("You wrote “%(about)s” in the memo") % about
        case "word":
            return _("You wrote “%(about)s” in a line") % about
        case "late_fee":
            return _("It charges a “%(about)s”, and we do not know that your terms allow it") % about
        case "name":
            return _("Their name has “%(about)s” in it: somebody else may be the one who pays") % about
        case "changed":
            return _("The balance changed on %(day)s") % {"day": changed_on(invoice.balance_changed_at)}
        case "twin":
            return _("%(numbers)s are alike: same customer, amount and date") % {"numbers": others}
        case "elsewhere":
            return _("It stands in your other books too, as %(about)s: same customer, number and amount") % about
    return _("Your books mark it as disputed")


def changed_on(at: datetime | None) -> str:
    return day_words(timezone.localtime(at).date()) if at else ""


def reason_words(reason: str, about: str) -> str:
    """What somebody looked at: the reason is kept as a code, and what it was about as one word."""
    match reason:
        case Reason.CREDIT_ON_ACCOUNT:
            return _("Money with you that is not used")
        case Reason.PAYMENT_IN_FLIGHT:
            return _("A payment on its way")
        case Reason.NOT_SENT:
            return _("No record that it was sent")
    return _about(about)


def _about(about: str) -> str:
    if about in FEE_WORDS:
        return _("Charges a “%(about)s”") % {"about": about}
    if about in NAME_WORDS:
        return _("“%(about)s” in their name") % {"about": about}
    try:
        return _("The balance changed on %(day)s") % {"day": day_words(date.fromisoformat(about))}
    except ValueError:
        pass
    if about.startswith(tuple(f"{name} " for name in Provider.labels)):
        return _("The same bill in your other books: %(about)s") % {"about": about}
    if any(letter.isdigit() for letter in about):
        return _("One that looks like %(about)s") % {"about": about}
    return _("“%(about)s” in a line or memo") % {"about": about}
