"""Letters of the track: what is owed to whom when a way of ending a dispute takes a step, and what each letter tells.

To the customer with purpose ``dispute`` (the lint refuses a demand in any of them); to the firm's people ``account``. The
one letter that asks for money is the last reminder, purpose ``collect``, and only on an agreed amount with no call left.
"""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.urls import reverse

from accounts.models import Role
from compliance.models import Channel, Purpose
from disputes import pay_links
from disputes.acknowledging import postal
from disputes.addresses import absolute, email_of, people, whose, written_to
from disputes.models import BooksMoved, Dispute, LastStep, Post, Resolution, Specification
from disputes.questions import WISHES, in_words
from invoices.models import Invoice
from notifications.letters import NoLongerTrue, letter_facts
from notifications.members import mail_to
from notifications.models import Message
from notifications.outbox import Letter
from syntharra import clock, links, money

PAGE_LASTS = timedelta(days=60)
REMINDED_AT = time(10)


def register() -> None:
    for letter in ("dispute_closed_agreed", "dispute_closed_zero", "dispute_closed_paid"):
        letter_facts(letter, _of_closed)
    for letter in ("settlement_offer", "bill_stands", "rework_agreed", "rework_asked", "plain_question"):
        letter_facts(letter, _of_running)
    for letter in ("closing_statement", "last_offer"):
        letter_facts(letter, _of_last_step)
    letter_facts("decision_extended", _of_live)
    letter_facts("page_again", _with_page)
    letter_facts("decision_late", _late)
    letter_facts("firm_wrote", _wrote)
    letter_facts("specification_reminder", _unspecified, sent=_was_asked_again)
    letter_facts("agreed_reminder", _agreed, sent=_was_reminded)
    for letter in ("resolution_to_confirm", "books_moved", "specified", "customer_wrote", "your_turn"):
        letter_facts(letter, _for_the_firm)


# owed


def closing(letter: str, dispute: Dispute, invoice: Invoice, *, after: timedelta) -> list[Letter]:
    """How it ended, to the customer."""
    return _to_customer(letter, f"{dispute.pk}", dispute, invoice, after=after)


def settlement_offer(resolution: Resolution, dispute: Dispute, invoice: Invoice) -> list[Letter]:
    return _of_resolution("settlement_offer", resolution, dispute, invoice)


def bill_stands(resolution: Resolution, dispute: Dispute, invoice: Invoice) -> list[Letter]:
    return _of_resolution("bill_stands", resolution, dispute, invoice)


def plain_question(resolution: Resolution, dispute: Dispute, invoice: Invoice) -> list[Letter]:
    """The invoice once more with its lines, and one question: is it right?"""
    return _of_resolution("plain_question", resolution, dispute, invoice)


def closing_statement(step: LastStep, dispute: Dispute, invoice: Invoice) -> list[Letter]:
    """The firm's last word about a bill on which they did not agree; asks for nothing."""
    return _to_customer("closing_statement", f"{step.pk}", dispute, invoice, facts={"step": str(step.pk)})


def last_offer(step: LastStep, dispute: Dispute, invoice: Invoice) -> list[Letter]:
    """An offer after they did not agree."""
    return _to_customer("last_offer", f"{step.pk}", dispute, invoice, facts={"step": str(step.pk)})


def rework_agreed(resolution: Resolution, dispute: Dispute, invoice: Invoice) -> list[Letter]:
    return _of_resolution("rework_agreed", resolution, dispute, invoice)


def rework_asked(resolution: Resolution, dispute: Dispute, invoice: Invoice) -> list[Letter]:
    return _of_resolution("rework_asked", resolution, dispute, invoice, again=resolution.asked)


def page_again(dispute: Dispute, invoice: Invoice, *, key: str) -> list[Letter]:
    """A new link to his page, after the firm ended the old ones."""
    return _to_customer("page_again", key, dispute, invoice)


def decision_extended(dispute: Dispute, invoice: Invoice) -> list[Letter]:
    return _to_customer("decision_extended", f"{dispute.pk}", dispute, invoice)


def decision_late(dispute: Dispute) -> list[Letter]:
    """Once to the customer, at the limit, if nothing was decided by then."""
    assert dispute.decide_by is not None
    key = f"{dispute.pk}:{dispute.decide_by.isoformat()}"
    return _to_customer("decision_late", key, dispute, dispute.invoice, at=dispute.decide_by)


def ask_what_is_wrong_again(dispute: Dispute, after: timedelta) -> list[Letter]:
    """A polite reminder to be specific; never a demand."""
    key = f"{dispute.pk}:{after.days}"
    return _to_customer("specification_reminder", key, dispute, dispute.invoice, after=after)


def last_reminder(dispute: Dispute, invoice: Invoice) -> list[Letter]:
    """No call is left: one written reminder of what was agreed, on the new date; then it is the owner's decision."""
    assert dispute.collect_again_on is not None
    at = datetime.combine(dispute.collect_again_on, REMINDED_AT, ZoneInfo(invoice.business.time_zone))
    return _to_customer("agreed_reminder", f"{dispute.pk}", dispute, invoice, at=at, purpose=Purpose.COLLECT)


def to_confirm(resolution: Resolution, dispute: Dispute, invoice: Invoice) -> list[Letter]:
    """To the owners: somebody began what is above his limit."""
    facts = {"resolution": str(resolution.pk)}
    return _to_firm("resolution_to_confirm", f"{resolution.pk}", dispute, invoice, facts, roles=(Role.OWNER,))


def books_moved(card: BooksMoved, dispute: Dispute, invoice: Invoice) -> list[Letter]:
    return _to_firm("books_moved", f"{card.pk}", dispute, invoice, {"card": str(card.pk)})


def customer_wrote(post: Post, dispute: Dispute, invoice: Invoice) -> list[Letter]:
    return _to_firm("customer_wrote", f"{post.pk}", dispute, invoice, {"post": str(post.pk)})


def firm_wrote(post: Post, dispute: Dispute, invoice: Invoice) -> list[Letter]:
    """An answer of the firm's, in its own words."""
    return _to_customer("firm_wrote", f"{post.pk}", dispute, invoice, facts={"post": str(post.pk)})


def specified(specification: Specification, dispute: Dispute, invoice: Invoice) -> list[Letter]:
    """The customer said what exactly is wrong."""
    return _to_firm("specified", f"{specification.pk}", dispute, invoice, {"specification": str(specification.pk)})


def your_turn(dispute: Dispute, invoice: Invoice, why: str) -> list[Letter]:
    """What was tried came to nothing, or the customer objects: the firm decides."""
    return _to_firm("your_turn", f"{dispute.pk}:{why}:{clock.now().date()}", dispute, invoice, {"why": why})


def _of_resolution(
    letter: str, resolution: Resolution, dispute: Dispute, invoice: Invoice, *, again: int = 1
) -> list[Letter]:
    facts = {"resolution": str(resolution.pk)}
    return _to_customer(letter, f"{resolution.pk}:{again}", dispute, invoice, facts=facts)


def _to_customer(
    letter: str,
    key: str,
    dispute: Dispute,
    invoice: Invoice,
    *,
    facts: dict[str, Any] | None = None,
    purpose: str = Purpose.DISPUTE,
    after: timedelta = timedelta(0),
    at: datetime | None = None,
) -> list[Letter]:
    """To who objected, by e-mail; without an address on paper: it waits for somebody of the firm to print and post it.

    Money is asked of nobody where the books show the bill for another by now.
    """
    customer = whose(dispute, invoice)
    if purpose == Purpose.COLLECT and customer.pk != invoice.customer_id:
        return []
    address = email_of(customer) if purpose == Purpose.COLLECT else written_to(customer)
    return [
        Letter(
            letter=letter,
            key=key,
            purpose=purpose,
            channel=Channel.EMAIL if address else Channel.LETTER,
            draft=not address,
            to=address or postal(customer),
            customer=customer.pk,
            language=customer.language,
            facts={"dispute": str(dispute.pk), **(facts or {})},
            about=(invoice.pk,),
            after=after,
            at=at,
        )
    ]


def _to_firm(
    letter: str,
    key: str,
    dispute: Dispute,
    invoice: Invoice,
    facts: dict[str, Any],
    *,
    roles: tuple[str, ...] = (Role.OWNER, Role.MANAGER),
) -> list[Letter]:
    return [
        mail_to(member, letter, key=key, facts={"dispute": str(dispute.pk), **facts}, about=(invoice.pk,))
        for member in people()
        if member.role in roles
    ]


# told


def _dispute(message: Message) -> Dispute:
    return Dispute.objects.select_related("invoice__business", "customer").get(pk=message.facts["dispute"])


def _about(message: Message) -> Invoice:
    """The bill it speaks of: the disputed one, or the one that took its place."""
    return Invoice.objects.select_related("business", "customer").get(messages__message=message)


def _page(dispute: Dispute) -> str:
    token = links.make("dispute", dispute.pk, lasts=PAGE_LASTS, scope={"from": "letter"})
    return absolute(reverse("signed_page", args=[token]))


def _told(dispute: Dispute, **more: Any) -> dict[str, Any]:
    return {"dispute": dispute, "invoice": dispute.invoice, "customer": dispute.customer, **more}


def _of_closed(message: Message) -> dict[str, Any]:
    dispute, invoice = _dispute(message), _about(message)
    agreed, by_plan = dispute.agreed_balance, dispute.closed_as == Resolution.Kind.PLAN
    if Dispute.objects.live().filter(invoice__in=(dispute.invoice_id, invoice.pk)).exists():
        raise NoLongerTrue("it is disputed again")
    if by_plan and agreed is not None:
        if invoice.balance == 0:
            raise NoLongerTrue("it was paid meanwhile")
        agreed = min(agreed, invoice.balance)  # some of it may have been paid before the plan ended
    shown = None if agreed is None else money.of(agreed, dispute.currency)
    return _told(dispute, invoice=invoice, agreed=shown, by_plan=by_plan)


def _of_running(message: Message) -> dict[str, Any]:
    resolution = Resolution.objects.get(pk=message.facts["resolution"])
    if resolution.status != Resolution.Status.RUNNING:
        raise NoLongerTrue("it was ended or taken back")
    dispute = _dispute(message)
    agreed = None if resolution.agreed_balance is None else money.of(resolution.agreed_balance, resolution.currency)
    before = money.of(resolution.balance_before, resolution.currency)
    url = _page(dispute)
    lines = [
        (line.description or line.item, money.of(line.amount, line.currency))
        for line in dispute.invoice.lines.order_by("position")
    ]
    return _told(
        dispute,
        lines=lines,
        resolution=resolution,
        agreed=agreed,
        before=before,
        url=url,
        own_words=resolution.words.strip(),
    )


def _of_last_step(message: Message) -> dict[str, Any]:
    step = LastStep.objects.select_related("invoice").get(pk=message.facts["step"])
    if step.invoice.frozen_at is not None or step.answer:
        raise NoLongerTrue("it is disputed again, or was answered")
    if step.kind == LastStep.Kind.OFFER and step.invoice.balance != step.balance_before:
        raise NoLongerTrue("the bill has changed since the offer was made")
    dispute = _dispute(message)
    before = money.of(step.balance_before, step.currency)
    agreed = None if step.amount is None else money.of(step.amount, step.currency)
    own = step.words.strip()
    return _told(dispute, resolution=step, agreed=agreed, before=before, url=_page(dispute), own_words=own, words=own)


def _of_live(message: Message) -> dict[str, Any]:
    return _with_page(message) | {"own_words": _dispute(message).extended_because}


def _with_page(message: Message) -> dict[str, Any]:
    dispute = _dispute(message)
    if dispute.closed_at is not None:
        raise NoLongerTrue("the dispute has ended")
    return _told(dispute, url=_page(dispute))


def _wrote(message: Message) -> dict[str, Any]:
    post = Post.objects.get(pk=message.facts["post"])
    return _of_live(message) | {"post": post, "own_words": post.words}


def _was_asked_again(message: Message) -> None:
    dispute = _dispute(message)
    Dispute.objects.filter(pk=dispute.pk).update(specification_asked=F("specification_asked") + 1)


def _late(message: Message) -> dict[str, Any]:
    dispute = _dispute(message)
    if dispute.decided_at is not None:
        raise NoLongerTrue("the firm has decided")
    if dispute.decide_by is not None and dispute.decide_by > clock.now():
        raise NoLongerTrue("the firm has more time")
    return _of_live(message)


def _unspecified(message: Message) -> dict[str, Any]:
    dispute = _dispute(message)
    if dispute.specified_at is not None or dispute.decided_at is not None:
        raise NoLongerTrue("the customer has said what is wrong, or the firm has decided")
    return _of_live(message)


def _agreed(message: Message) -> dict[str, Any]:
    dispute, invoice = _dispute(message), _about(message)
    if invoice.frozen_at is not None or invoice.balance != dispute.agreed_balance:
        raise NoLongerTrue("the invoice is disputed again, or another amount is open by now")
    return _told(
        dispute,
        invoice=invoice,
        agreed=money.of(invoice.balance, invoice.currency),
        pay_url=pay_links.url_to([invoice]),
    )


def _was_reminded(message: Message) -> None:
    """That was the last word from us: from here on it is the owner's decision."""
    Invoice.objects.filter(pk=_about(message).pk, left_reason=None, frozen_at=None).update(
        left_reason=Invoice.Left.YOUR_DECISION, left_at=message.sent_at or clock.now()
    )


def _for_the_firm(message: Message) -> dict[str, Any]:
    dispute = _dispute(message)
    facts = message.facts
    more: dict[str, Any] = {"url": absolute(dispute.get_absolute_url()), "why": facts.get("why", "")}
    if "resolution" in facts:
        resolution = Resolution.objects.get(pk=facts["resolution"])
        if resolution.status != Resolution.Status.TO_CONFIRM:
            raise NoLongerTrue("an owner has answered")
        lowered = resolution.lowered_by or resolution.balance_before - (resolution.agreed_balance or 0)
        more |= {"resolution": resolution, "lowered": money.of(lowered, resolution.currency)}
    if "post" in facts:
        more["post"] = Post.objects.get(pk=facts["post"])
    if "specification" in facts:
        specification = Specification.objects.get(pk=facts["specification"])
        more |= {"specification": specification, "wish": dict(WISHES).get(specification.wished, "")}
        more["said"] = in_words(specification)
    if "card" in facts:
        card = BooksMoved.objects.get(pk=facts["card"])
        if card.answer:
            raise NoLongerTrue("the card was answered")
        more |= {"card": card, "was": money.of(card.was, card.currency), "now": money.of(card.now, card.currency)}
    return _told(dispute, **more)
