"""The small-claims page of an invoice: limit against balance, how long, which court, from which source. Facts, no advice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.numbers import format_decimal
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from accounts.models import Business
from compliance.courts import Court, Term, courts, terms
from compliance.law import Source
from compliance.rulebook import RuleBook
from disputes.models import EvidencePack
from invoices.models import Invoice
from syntharra import money
from syntharra.templatetags.letters import plain_day
from syntharra.templatetags.syntharra import moment_words


@dataclass(frozen=True)
class Count:
    """One term as it is read: what it is counted for, the words, and whether it has run out."""

    name: str
    words: str
    is_over: bool
    note: str
    source: Source


@dataclass(frozen=True)
class Paper:
    words: str
    url: str


def may_be_shown(business: Business) -> "QuerySet[Invoice]":
    """Invoices at the end of the road, or disputed at some time: of others nobody asks for a court."""
    shown = Q(left_reason__isnull=False) | Q(disputes__isnull=False)
    return business.invoices.filter(shown).select_related("customer").distinct()


def states() -> list[tuple[str, str]]:
    """Every state by name."""
    rules = RuleBook.load()
    return sorted(((code, rules.place_name(code)) for code in courts()), key=lambda named: named[1])


def facts(invoice: Invoice, *, state: str, today: date) -> dict[str, Any]:
    """What the page shows for this state; ``court`` None where no state is known or chosen."""
    court = courts().get(state)
    if court is None:
        return {"court": None}
    starts_on = invoice.due_on or invoice.issued_on
    found = terms(RuleBook.load(), state, starts_on=starts_on, today=today) if starts_on else None
    counts = [_count(_("A written contract"), found.written), _count(_("Goods sold"), found.goods)] if found else []
    return {
        "court": court,
        "state_name": RuleBook.load().place_name(state),
        "fits": _fits(invoice, court),
        "fits_not": _above(invoice, court) > 0,
        "counts": counts,
        "assumption": _assumption(invoice),
        "all_over": bool(counts) and all(count.is_over for count in counts),
        "some_over": any(count.is_over for count in counts),
        "limit": money.shown(money.of(court.limit, "USD")),
        "verified": _verified(court.source.verified, conflicting=court.conflicting),
        "url_verified": _verified(court.url_verified, conflicting=False),
    }


def papers(invoice: Invoice) -> Sequence[Paper]:
    """What there is to take along: evidence packs of its disputes, the newest first; else where one is made."""
    packs = EvidencePack.objects.filter(dispute__invoice=invoice).select_related("dispute").order_by("-made_at")
    found = [
        Paper(
            _("Evidence pack of %(number)s, made %(day)s")
            % {"number": pack.dispute.number, "day": moment_words(pack.made_at)},
            reverse("evidence_pack", args=[pack.dispute.number, pack.pk]),
        )
        for pack in packs
    ]
    if found:
        return found
    return [
        Paper(_("Make the evidence pack of %(number)s") % {"number": one.number}, f"{one.get_absolute_url()}#evidence")
        for one in invoice.disputes.order_by("-opened_at")
    ]


def _above(invoice: Invoice, court: Court) -> Any:
    return invoice.balance - court.limit if invoice.currency == "USD" else 0


def _fits(invoice: Invoice, court: Court) -> str:
    balance, above = money.shown(invoice.balance_money), _above(invoice, court)
    if invoice.currency != "USD":
        return _("The balance is %(balance)s; the limit is in US dollars, so compare them yourself.") % {
            "balance": balance
        }
    if above > 0:
        words = _("The balance of %(balance)s is %(above)s above the limit: this court does not hear the whole of it.")
        return words % {"balance": balance, "above": money.shown(money.of(above, "USD"))}
    return _("The balance of %(balance)s is within the limit.") % {"balance": balance}


def _assumption(invoice: Invoice) -> str:
    if invoice.due_on is not None:
        return _(
            "Counted from the due date, %(day)s. A part payment or a promise in writing may start it anew in some states, and other contracts have other terms: neither is counted here."
        ) % {"day": plain_day(invoice.due_on)}
    if invoice.issued_on is not None:
        return _("Your books have no due date: counted from the date of the invoice, %(day)s.") % {
            "day": plain_day(invoice.issued_on)
        }
    return _("Your books have neither a due date nor a date of the invoice: nothing can be counted.")


def _count(name: str, term: Term) -> Count:
    years = ngettext("%(n)d year", "%(n)d years", term.years) % {"n": term.years}
    last = plain_day(term.last_day)
    if term.is_over:
        words = _("%(years)s: over since %(last)s.") % {"years": years, "last": last}
    else:
        shown = format_decimal(term.days_left, locale=to_locale(get_language() or "en-us"))
        left = ngettext("%(n)s day left", "%(n)s days left", term.days_left) % {"n": shown}
        words = _("%(years)s, through %(last)s: %(left)s.") % {"years": years, "last": last, "left": left}
    return Count(name, words, term.is_over, term.note, term.source)


def _verified(mark: str, *, conflicting: bool) -> str:
    if conflicting:
        return _("sources differ: check before you rely on it")
    return _("seen in the source named") if mark == "seen" else _("from memory: check before you rely on it")
