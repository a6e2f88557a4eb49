"""What is asked about a promise whose day has passed, and how often a customer kept his word, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Business
from invoices import promises
from invoices.models import Customer, Invoice, Promise
from syntharra import money
from syntharra.templatetags.syntharra import day_words


@dataclass(frozen=True)
class Question:
    """For a page: did it come?"""

    pk: UUID
    title: str
    said: str
    decided: str
    came: bool


def asked_about(business: Business) -> Iterator[Promise]:
    """Those the firm was asked about and has said nothing of, the longest waiting first; none that is silent by a dispute."""
    running = business.promises.filter(status=Promise.Status.RUNNING, said_to_have_come=False)
    speaking = running.filter(invoice__frozen_at=None, invoice__paused_reason="").exclude(asked_at=None)
    yield from speaking.select_related("customer", "invoice").order_by("asked_at", "pk")


def question_about(invoice: Invoice) -> Question | None:
    """What the page of this invoice asks; None while nothing is, or while it is disputed or paused."""
    if invoice.frozen_at is not None or invoice.paused_reason:
        return None
    found = Promise.objects.filter(invoice=invoice, status=Promise.Status.RUNNING).exclude(asked_at=None)
    promise = found.select_related("customer").first()
    if promise is None or promise.answer_by is None:
        return None
    amount = money.shown(money.of(promise.amount, promise.currency))
    said = _("%(name)s promised it for %(day)s, %(how)s. Your books do not show it.") % {
        "name": promise.customer.name,
        "day": day_words(promise.promised_for),
        "how": promise.get_how_display(),
    }
    if promise.said_to_have_come:
        said += " " + _("You said that it came.")
    decided = _("After %(day)s your books decide.") % {"day": day_words(promise.answer_by)}
    return Question(
        promise.pk, _("Did the %(amount)s come?") % {"amount": amount}, said, decided, promise.said_to_have_come
    )


def kept_words(customer: Customer) -> str:
    """``2 of 3 kept``."""
    kept, ended = promises.kept_of(customer)
    return _("%(kept)d of %(ended)d kept") % {"kept": kept, "ended": ended} if ended else _("none so far")
