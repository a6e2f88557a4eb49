"""What disputes owe in writing, to whom and when; and what each of those letters tells, gathered when it is sent."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from compliance.models import Channel, Purpose
from disputes import track_letters
from disputes.addresses import TOLD as TOLD
from disputes.addresses import absolute as absolute
from disputes.addresses import email_of as email_of
from disputes.addresses import people as people
from disputes.deadlines import ACKNOWLEDGE_WITHIN as ACKNOWLEDGE_WITHIN
from disputes.deadlines import ASK_AGAIN_AFTER, SENT_BY_ITSELF_AFTER
from disputes.digest import digest_facts
from disputes.letter_tasks import reminder_tasks
from disputes.models import Claim, Dispute
from invoices.models import Customer, Invoice
from notifications import lint, outbox
from notifications.letters import NoLongerTrue, letter_facts
from notifications.models import Message
from notifications.outbox import Letter
from syntharra import clock, links

PAGE_LASTS = timedelta(days=60)


def register() -> None:
    letter_facts("dispute_alert", _alert, sent=_owner_was_told)
    letter_facts("dispute_acknowledgement", _acknowledgement, sent=_was_acknowledged)
    letter_facts("pause_alert", _paused)
    letter_facts("unsure_letter", _paused)
    letter_facts("paid_check", _paused)
    letter_facts("dispute_digest", lambda message: digest_facts(message.business))
    track_letters.register()


def owner_alerts(claim: Claim, disputes: list[Dispute]) -> list[Letter]:
    """At once, to every owner and manager: somebody is told even where one mailbox is dead."""
    return [
        Letter(
            letter="dispute_alert",
            key=f"claim:{claim.pk}:{member.user_id}",
            purpose=Purpose.ACCOUNT,
            channel=Channel.EMAIL,
            to=member.user.email,
            member=member.user_id,
            language=member.user.language,
            facts={"claim": str(claim.pk)},
            about=tuple(dispute.invoice_id for dispute in disputes),
        )
        for member in people()
    ]


def acknowledgement(claim: Claim, disputes: list[Dispute], customer: Customer) -> list[Letter]:
    """One for each claim, due at hour 20 unless the owner sends it before. None without an address: the clock shows it."""
    address = email_of(customer)
    if not address or all(dispute.acknowledged_at for dispute in disputes):
        return []
    return [
        Letter(
            letter="dispute_acknowledgement",
            key=f"claim:{claim.pk}",
            purpose=Purpose.DISPUTE,
            channel=Channel.EMAIL,
            to=address,
            customer=customer.pk,
            language=claim.language,
            facts={"claim": str(claim.pk)},
            about=tuple(dispute.invoice_id for dispute in disputes),
            after=SENT_BY_ITSELF_AFTER,
        )
    ]


def pause_letters(invoices: list[Invoice], *, why: str, words: str, source_key: str) -> list[Letter]:
    """To the owner at once; to the customer the same day (he says he paid) or at hour 20 (we were not sure)."""
    customer, about = invoices[0].customer, tuple(invoice.pk for invoice in invoices)
    facts = {"why": why, "words": words}
    owed = [
        Letter(
            letter="pause_alert",
            key=f"{why}:{source_key}:{member.user_id}",
            purpose=Purpose.ACCOUNT,
            channel=Channel.EMAIL,
            to=member.user.email,
            member=member.user_id,
            language=member.user.language,
            facts=facts,
            about=about,
        )
        for member in people()
    ]
    address = email_of(customer)
    if address:
        unsure = why == Invoice.Paused.UNSURE
        owed.append(
            Letter(
                letter="unsure_letter" if unsure else "paid_check",
                key=f"{why}:{source_key}",
                purpose=Purpose.DISPUTE if unsure else Purpose.SERVICE,
                channel=Channel.EMAIL,
                to=address,
                customer=customer.pk,
                language=customer.language,
                facts=facts,
                about=about,
                after=SENT_BY_ITSELF_AFTER if unsure else timedelta(0),
            )
        )
    return owed


def answer_by(opened_at: datetime) -> datetime:
    """When the customer must have our acknowledgement at the latest."""
    return opened_at + ACKNOWLEDGE_WITHIN


def _alert(message: Message) -> dict[str, Any]:
    claim, disputes = _claim_and_disputes(message)
    by_hand, by_us = reminder_tasks(disputes)
    others = Invoice.objects.open().filter(customer=claim.customer, frozen_at=None, due_on__lt=clock.now().date())
    told_on = claim.evidence.get("told_on")
    return {
        "claim": claim,
        "told_on": date.fromisoformat(told_on) if told_on else None,
        "disputes": disputes,
        "customer": claim.customer,
        "others": list(others),
        "reminders_by_hand": by_hand,
        "reminders_by_us": by_us,
        "acknowledge_by": answer_by(claim.said_at),
        "url": absolute(disputes[0].get_absolute_url()),
    }


def _acknowledgement(message: Message) -> dict[str, Any]:
    claim, disputes = _claim_and_disputes(message)
    token = links.make("dispute", disputes[0].pk, lasts=PAGE_LASTS, scope={"claim": str(claim.pk)})
    return {
        "claim": claim,
        "disputes": disputes,
        "customer": claim.customer,
        "quote": claim.words if may_be_quoted(claim) else "",
        "url": absolute(reverse("signed_page", args=[token])),
    }


def may_be_quoted(claim: Claim) -> bool:
    """Whether their sentence may stand before their own eyes: said by the customer, surely heard, and fit for a letter.

    What a member noted stays inside the firm. Words such as "balance due" or "court", theirs as they are, would make
    our letter read like a demand, so such a sentence is left out rather than the letter held back.
    """
    if (
        claim.source in (Claim.Source.MEMBER, Claim.Source.VENDOR)
        or not claim.words
        or claim.evidence.get("unquotable")
    ):
        return False
    return float(claim.evidence.get("score", 1.0)) >= 0.6 and not lint.problems(claim.words)


def _paused(message: Message) -> dict[str, Any]:
    invoices = list(Invoice.objects.filter(messages__message=message).select_related("customer").order_by("number"))
    return {
        "invoices": invoices,
        "customer": invoices[0].customer,
        "why": message.facts["why"],
        "words": message.facts["words"],
        "url": absolute(reverse("invoice", args=[invoices[0].number])),
    }


def _claim_and_disputes(message: Message) -> tuple[Claim, list[Dispute]]:
    """The claim and the live disputes it is about; a letter about disputes that have all ended meanwhile is not sent."""
    claim = Claim.objects.select_related("customer").get(pk=message.facts["claim"])
    live = list(claim.disputes.filter(closed_at=None).select_related("invoice").order_by("number"))
    if not live:
        raise NoLongerTrue("every dispute it is about has ended")
    return claim, live


def _owner_was_told(message: Message) -> None:
    for dispute in _about(message).filter(owner_told_at=None):
        Dispute.objects.filter(pk=dispute.pk).update(owner_told_at=message.sent_at)


def _was_acknowledged(message: Message) -> None:
    for dispute in _about(message).filter(acknowledged_at=None):
        Dispute.objects.filter(pk=dispute.pk).update(acknowledged_at=message.sent_at)
        if dispute.decide_by is not None:
            outbox.owe(*track_letters.decision_late(dispute))
        for after in ASK_AGAIN_AFTER:
            outbox.owe(*track_letters.ask_what_is_wrong_again(dispute, after))
        if dispute.status == Dispute.Status.NEW:
            dispute.move(Dispute.Status.ACKNOWLEDGED)


def _about(message: Message) -> QuerySet[Dispute]:
    return Dispute.objects.live().filter(claims__pk=message.facts["claim"])
