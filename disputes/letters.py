"""What disputes owe in writing, to whom and when; and what each of those letters tells, gathered when it is sent."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts import timeline
from accounts.models import Membership
from compliance.models import Channel, Purpose
from disputes import acknowledging, digest, track_letters
from disputes.addresses import TOLD as TOLD
from disputes.addresses import absolute as absolute
from disputes.addresses import email_of as email_of
from disputes.addresses import others_of, phone_of, written_to
from disputes.addresses import people as people
from disputes.deadlines import ACKNOWLEDGE_WITHIN as ACKNOWLEDGE_WITHIN
from disputes.deadlines import ASK_AGAIN_AFTER, SENT_BY_ITSELF_AFTER
from disputes.digest_lines import work_list
from disputes.ending import proof_was_sent
from disputes.letter_tasks import reminder_tasks
from disputes.models import Claim, Dispute
from disputes.quoting import may_be_quoted as may_be_quoted
from invoices import verification
from invoices.models import Customer, Invoice
from notifications import outbox, texts
from notifications.letters import NoLongerTrue, letter_facts, when_sent
from notifications.members import mail_to
from notifications.models import Message
from notifications.outbox import Act, Letter, carries_out
from syntharra import clock, links, money

PAGE_LASTS = timedelta(days=60)
ALERT_TEXT = "dispute_alert_text"


def register() -> None:
    letter_facts("dispute_alert", _alert, sent=_owner_was_told, failed=_owner_was_not_told)
    letter_facts(ALERT_TEXT, _alert, sent=_owner_was_told, failed=_owner_was_not_told)
    letter_facts(acknowledging.LETTER, _acknowledgement, sent=_was_acknowledged, failed=acknowledging.not_sent)
    letter_facts(acknowledging.ADDED, _added)
    carries_out(acknowledging.HOUR, acknowledging.plan_hour)
    letter_facts("pause_alert", _paused)
    letter_facts("unsure_letter", _paused)
    letter_facts("paid_check", _paused)
    letter_facts("dispute_digest", work_list, failed=digest.not_sent)
    letter_facts(digest.TEXT, digest.texted)
    when_sent(verification.LETTER, proof_was_sent)
    track_letters.register()


def owner_alerts(claim: Claim, disputes: list[Dispute]) -> list[Letter]:
    """At once, to every owner and manager: somebody is told even where one mailbox is dead. Beside it by text, who wants so."""
    told = list(people())
    wanted = [member for member in told if (phone := phone_of(member.user)) is not None and phone.at_once]
    return [_alert_to(member, claim, disputes) for member in told] + [
        _text_to(member, claim, disputes) for member in wanted
    ]


def _alert_to(member: Membership, claim: Claim, disputes: list[Dispute]) -> Letter:
    about = [dispute.invoice_id for dispute in disputes]
    return mail_to(member, "dispute_alert", key=f"claim:{claim.pk}", facts={"claim": str(claim.pk)}, about=about)


def _text_to(member: Membership, claim: Claim, disputes: list[Dispute]) -> Letter:
    """To his own telephone, which he has shown to be his."""
    phone = phone_of(member.user)
    assert phone is not None
    return Letter(
        letter=ALERT_TEXT,
        key=f"claim:{claim.pk}:{member.user_id}",
        purpose=Purpose.ACCOUNT,
        channel=Channel.SMS,
        to=phone.number,
        member=member.user_id,
        language=member.user.language,
        facts={"claim": str(claim.pk)},
        about=tuple(dispute.invoice_id for dispute in disputes),
    )


def acknowledgement(claim: Claim, disputes: list[Dispute], customer: Customer, *, new: bool) -> list[Letter | Act]:
    """One for each claim, due at hour 20 unless the owner sends it before; without an address a letter to be posted."""
    return acknowledging.letters_of(claim, disputes, customer, written_to(customer), new=new)


def pause_letters(invoices: list[Invoice], *, why: str, words: str, source_key: str) -> list[Letter]:
    """To the owner at once; to the customer the same day (he says he paid) or at hour 20 (we were not sure)."""
    customer, about = invoices[0].customer, tuple(invoice.pk for invoice in invoices)
    facts = {"why": why, "words": words}
    owed = [mail_to(member, "pause_alert", key=f"{why}:{source_key}", facts=facts, about=about) for member in people()]
    address = written_to(customer)
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
        "chargeback": _chargeback(claim),
        "disputes": disputes,
        "customer": claim.customer,
        "elsewhere": [one.invoice for one in disputes if one.invoice.customer_id != claim.customer_id],
        "others": list(others),
        "reminders_by_hand": by_hand,
        "reminders_by_us": by_us,
        "acknowledge_by": answer_by(claim.said_at),
        "url": absolute(disputes[0].get_absolute_url()),
    }


def _chargeback(claim: Claim) -> dict[str, Any] | None:
    """What the firm must know of a bank's question: how much, why, until when, and where it answers."""
    if claim.source != Claim.Source.CHARGEBACK:
        return None
    said = claim.evidence
    by = said.get("answer_by")
    return {
        "amount": money.of(said["amount"], said["currency"]),
        "reason": str(said["bank_reason"]).replace("_", " "),
        "answer_by": date.fromisoformat(by) if by else None,
        "page": said["page"],
    }


def _acknowledgement(message: Message) -> dict[str, Any]:
    claims, disputes = acknowledging.claims_of(message), list(_about(message).select_related("invoice"))
    if not disputes:
        raise NoLongerTrue("every dispute it is about has ended")
    claim = claims[0]
    token = links.make("dispute", disputes[0].pk, lasts=PAGE_LASTS, scope={"claim": str(claim.pk)})
    url = absolute(reverse("signed_page", args=[token]))
    if message.channel == Channel.SMS:
        return {"words": acknowledging.text_of(message, disputes, url)}
    said, own = acknowledging.wording(message.language), str(message.facts.get("own_words", ""))
    ours = acknowledging.words_for(claims, disputes, claim.customer, language=message.language)
    return {
        "words": own or ours,
        "names": (claim.customer.attorney_name,) if claim.customer.attorney_name else (),
        "own_words": own,
        "said": said,
        "subject": said["subject"].format(firm=message.business.name),
        "disputes": disputes,
        "customer": claim.customer,
        "url": url,
        "label": said["button"],
    }


def _added(message: Message) -> dict[str, Any]:
    claim, disputes = _claim_and_disputes(message)
    token = links.make("dispute", disputes[0].pk, lasts=PAGE_LASTS, scope={"claim": str(claim.pk)})
    url = absolute(reverse("signed_page", args=[token]))
    return {"claim": claim, "disputes": disputes, "customer": claim.customer, "url": url}


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
    live = list(claim.disputes.filter(closed_at=None).select_related("invoice__customer").order_by("number"))
    if not live:
        raise NoLongerTrue("every dispute it is about has ended")
    return claim, live


def _owner_was_told(message: Message) -> None:
    for dispute in _about(message).filter(owner_told_at=None):
        Dispute.objects.filter(pk=dispute.pk).update(owner_told_at=message.sent_at)


def _owner_was_not_told(message: Message) -> None:
    """Nobody in charge can be reached any more: every other member is told; where no mail arrives at all, a text is sent."""
    alerts = Message.objects.filter(letter__in=("dispute_alert", ALERT_TEXT), facts__claim=message.facts["claim"])
    disputes = list(_about(message))
    if not disputes or alerts.filter(status__in=("queued", "sending", "sent")).exclude(pk=message.pk).exists():
        return
    for dispute in disputes:
        if message.sent_at is not None and dispute.owner_told_at is not None:
            Dispute.objects.filter(pk=dispute.pk).update(owner_told_at=None)  # every alert came back: nobody was told
    claim = Claim.objects.get(pk=message.facts["claim"])
    mailed = set(alerts.filter(letter="dispute_alert").values_list("member_id", flat=True))
    rest = others_of().exclude(user__in=mailed)
    owed = [_alert_to(member, claim, disputes) for member in rest]
    if owed:
        outbox.owe(*owed)
        timeline.record(disputes[0], "alert_widened", by="Syntharra", members=len(owed))
        return
    texted = set(alerts.filter(letter=ALERT_TEXT).values_list("member_id", flat=True))
    left = [one for one in people() if phone_of(one.user) is not None and one.user_id not in texted]
    if left:
        texts.owe(*(_text_to(member, claim, disputes) for member in left))
        timeline.record(disputes[0], "alert_by_text", by="Syntharra", members=len(left))
    else:
        timeline.record(disputes[0], "alert_reached_nobody", by="Syntharra")


def _was_acknowledged(message: Message) -> None:
    for dispute in _about(message).filter(acknowledged_at=None):
        Dispute.objects.filter(pk=dispute.pk).update(acknowledged_at=message.sent_at)
        if message.facts.get("own_words"):  # a person wrote them: the first word of the firm as well
            Dispute.objects.filter(pk=dispute.pk, first_word_at=None).update(first_word_at=message.sent_at)
        if dispute.decide_by is not None:
            outbox.owe(*track_letters.decision_late(dispute))
        for after in ASK_AGAIN_AFTER:
            outbox.owe(*track_letters.ask_what_is_wrong_again(dispute, after))
        if dispute.status == Dispute.Status.NEW:
            dispute.move(Dispute.Status.ACKNOWLEDGED)


def _about(message: Message) -> QuerySet[Dispute]:
    """The live disputes of the claims it tells of."""
    claims = [message.facts["claim"], *message.facts.get("also", ())]
    return Dispute.objects.live().filter(claims__in=claims).order_by("number").distinct()
