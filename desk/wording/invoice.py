"""One invoice in sentences: what is open, where it stands and what we promise about it."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from desk.standing import Standing
from disputes.models import Claim, Dispute
from invoices.models import Invoice
from syntharra import money
from syntharra.templatetags.syntharra import day, day_words, past_due

type Fact = tuple[str, object]


def balance_words(invoice: Invoice) -> str:
    """Under the large figure: ``of $1,296.00, 4 days past due``."""
    when = (
        past_due(invoice.due_on) if invoice.books_status == Invoice.Books.OPEN else invoice.get_books_status_display()
    )
    if invoice.balance == invoice.total:
        return when
    return _("of %(total)s, %(when)s") % {"total": money.shown(invoice.total_money), "when": when}


def frozen_since(invoice: Invoice) -> str:
    """``Frozen since Tue, Nov 24``; empty when it is not."""
    if invoice.frozen_at is None:
        return ""
    return _("Frozen since %(day)s") % {"day": day_words(timezone.localtime(invoice.frozen_at).date())}


def standing_words(invoice: Invoice, stands: Standing, dispute: Dispute | None, claim: Claim | None) -> str:
    """Where it stands, as one would say it on the phone. Only what is true."""
    name = invoice.customer.name
    if dispute is not None:
        said = _("%(who)s says: “%(words)s”") % {"who": claim.by or name, "words": claim.words} if claim else ""
        promise = _("We will not ask %(name)s for money about it while this is open.") % {"name": name}
        return f"{said} {promise}".strip()
    match stands.state:
        case "paused" if invoice.paused_reason == Invoice.Paused.ALREADY_PAID:
            return _("%(name)s says it is paid. Nobody asks them again until you have looked.") % {"name": name}
        case "paused":
            return _("We were not sure whether %(name)s disagrees. It is as quiet as a dispute.") % {"name": name}
        case "left":
            return _("It is out of our hands. Nothing happens by itself any more.")
        case "promised":
            return _("%(name)s promised %(what)s. We wait for it.") % {"name": name, "what": stands.why}
        case "on_hold":
            return _("On hold: %(why)s") % {"why": stands.why}
        case "due":
            return _("Nothing to do: it is not late.")
        case "paid":
            return _("Paid. Nothing more to do.")
        case "overdue" | "very_overdue":
            return f"{stands.why[:1].upper()}{stands.why[1:]}."
    return ""


def facts_of(invoice: Invoice, *, attempts: int, read_at_words: str) -> list[Fact]:
    """The dry facts beside the page."""
    facts: list[Fact] = [
        (_("Issued"), _date(invoice.issued_on)),
        (_("Due"), _date(invoice.due_on)),
        (_("Total"), money.shown(invoice.total_money)),
        (_("In your books"), invoice.get_books_status_display()),
        (
            _("Sent to them"),
            {True: _("yes"), False: _("no record of it"), None: _("your books do not say")}[invoice.sent],
        ),
        (_("Attempts"), _("%(made)d of 3") % {"made": attempts}),
        (_("Last read"), read_at_words),
    ]
    if invoice.estimate:
        facts.insert(0, (_("Estimate"), invoice.estimate))
    if invoice.terms_assumed:
        facts.append((_("Due date"), _("by your own terms: your books have none")))
    if invoice.in_flight:
        facts.append((_("Payment"), _("on its way, your books say")))
    if invoice.card_paid_at is not None:
        facts.append((_("Payment"), _("by card; we wait for your books to show it")))
    if invoice.disputed_in_books:
        facts.append((_("Disputed"), _("marked so in your books")))
    if invoice.replaces is not None:
        facts.append((_("Replaces"), invoice.replaces.number or invoice.replaces.external_id))
    if invoice.memo:
        facts.append((_("Memo"), invoice.memo))
    return facts


def _date(value: date | None) -> str:
    return day(value) or _("none")
