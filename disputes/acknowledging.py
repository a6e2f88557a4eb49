"""The acknowledgement before it leaves: its words, the owner's own, its hour; as a text, or a letter to be posted, where no
e-mail goes.

Its words stand in ``acknowledgement.toml``, by language and by what is wrong. It leaves by itself at hour 20, or at the
lawful minute next to it that still keeps 24 hours; a member may send it before, as it is or in his own words.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import User
from compliance.facts import Facts
from compliance.gate import first_allowed
from compliance.models import Channel, Purpose
from compliance.registry import Ask, facts_of
from compliance.rulebook import RuleBook
from compliance.services import clear, judge
from disputes import text_way
from disputes.addresses import absolute
from disputes.deadlines import ACKNOWLEDGE_WITHIN, SENT_BY_ITSELF_AFTER
from disputes.models import Claim, Dispute
from disputes.quoting import may_be_quoted
from invoices.models import Customer
from invoices.services import hold_customer
from notifications import lint, outbox, paper, sending, texts
from notifications.letters import was_sent
from notifications.models import Duty, Message, MessageInvoice
from notifications.outbox import Act, Letter
from notifications.segments import shortened
from syntharra import clock, links
from syntharra.templatetags.letters import plain_day

LETTER = "dispute_acknowledgement"
HOUR = "acknowledgement_hour"
ADDED = "dispute_added"
VAGUE = Claim.Reason.OTHER_VAGUE
TOLD_OF = (Claim.Source.CALL, Claim.Source.EMAIL, Claim.Source.SMS, Claim.Source.MEMBER)
STEP = timedelta(minutes=15)
PAGE_LASTS = timedelta(days=60)
SPARE = timedelta(minutes=10)  # a mail server may take this long


class CannotAcknowledge(Exception):
    """There is nothing to edit, send or post, or it may not be; the message says why and what to do."""


@dataclass(frozen=True)
class Draft:
    """An acknowledgement that has not left. ``problems``: what the lint finds in the firm's own words."""

    message: Message
    words: str
    own: bool
    problems: tuple[str, ...]

    @property
    def on_paper(self) -> bool:
        return self.message.channel == Channel.LETTER

    @property
    def as_text(self) -> bool:
        return self.message.channel == Channel.SMS


@cache
def wording(language: str) -> dict[str, Any]:
    """All words of the language; English where there is none of its own."""
    everything = tomllib.loads((Path(__file__).parent / "acknowledgement.toml").read_text(encoding="utf-8"))
    return dict(everything.get(language.partition("-")[0], everything["en"]))


def words_for(claims: list[Claim], disputes: list[Dispute], customer: Customer, *, language: str) -> str:
    """Our words, from the greeting to the questions. Each sentence of theirs is repeated where it may be; what is asked is
    about what they said last that was not vague.
    """
    said = wording(language)
    reasons = [claim.reason for claim in claims if claim.reason in said["kinds"] and claim.reason != VAGUE]
    lead, *asked = said["kinds"][reasons[-1] if reasons else VAGUE]
    quotes = list(dict.fromkeys(f"“{claim.words}”" for claim in claims if may_be_quoted(claim)))
    with translation.override(language):
        invoices = [
            said["invoice"].format(
                number=one.invoice.number, date=plain_day(one.invoice.issued_on), reference=one.number
            )
            for one in disputes
        ]
    parts = [
        said["greeting"].format(name=customer.attorney_name or customer.name),
        said["acts_for"].format(name=customer.name) if customer.attorney_name else "",
        said["thanks_one" if len(disputes) == 1 else "thanks_many"],
        "\n".join(invoices),
        "\n".join([said["understood"], *quotes]) if quotes else "",
        "\n".join([lead, *(f"- {one}" for one in asked)]),
    ]
    return "\n\n".join(part for part in parts if part)


# owed


def letters_of(
    claim: Claim, disputes: list[Dispute], customer: Customer, address: str, *, new: bool
) -> list[Letter | Act]:
    """One, at hour 20: by e-mail, else by text where that is allowed, else on paper; and the look at its hour.

    A later claim on the same disputes goes into the letter that has not left yet; after it has left, a short word that it
    was added. Inside the transaction that holds the customer. ``new``: these disputes began in it, no letter about them waits.
    """
    if all(dispute.acknowledged_at for dispute in disputes):
        return _added(claim, disputes, customer, address)
    first = None if new else _not_left(claim, disputes)
    if first is not None:
        return _joined(first, claim, disputes, customer, address)
    key = f"claim:{claim.pk}"
    number = "" if address else _number(claim, customer)
    letter = Letter(
        letter=LETTER,
        key=key,
        purpose=Purpose.DISPUTE,
        channel=Channel.EMAIL if address else Channel.SMS if number else Channel.LETTER,
        to=address or number or postal(customer),
        customer=customer.pk,
        language=claim.language,
        facts={"claim": str(claim.pk)},
        about=tuple(dispute.invoice_id for dispute in disputes),
        after=SENT_BY_ITSELF_AFTER,
        draft=not address and not number,
    )
    return [letter, Act(kind=HOUR, key=key)]


def for_attorney(claims: Sequence[Claim], dispute: Dispute, customer: Customer) -> list[Letter | Act]:
    """One anew to the lawyer who acts for the customer, at hour 20 or at once: what was to go to the customer may not."""
    first, *also = claims
    key = f"attorney:{first.pk}:{dispute.number}"
    letter = Letter(
        letter=LETTER,
        key=key,
        purpose=Purpose.DISPUTE,
        channel=Channel.EMAIL,
        to=customer.attorney_email,
        customer=customer.pk,
        language=first.language,
        facts={"claim": str(first.pk), "also": [str(claim.pk) for claim in also]},
        about=(dispute.invoice_id,),
        at=max(dispute.opened_at + SENT_BY_ITSELF_AFTER, clock.now()),
    )
    return [letter, Act(kind=HOUR, key=key)]


def _number(claim: Claim, customer: Customer) -> str:
    """Where a text may go within the 24 hours; "" where none may."""
    wrote_from = claim.by if claim.source == Claim.Source.SMS else ""
    latest = claim.said_at + ACKNOWLEDGE_WITHIN - SPARE
    return text_way.number_for(customer, purpose=Purpose.DISPUTE, latest=latest, first=wrote_from)


def text_of(message: Message, disputes: list[Dispute], url: str) -> str:
    """The acknowledgement as a text: what stopped, our reference, the page, whom to call."""
    business = message.business
    names = {
        "firm": shortened(business.name),
        "reference": ", ".join(one.number for one in disputes[:3]),
        "url": url,
        "phone": business.dispute_phone or business.callback_number,
    }
    return str(wording(message.language)["text"]).format(**names)


def _not_left(claim: Claim, disputes: list[Dispute]) -> Message | None:
    """The acknowledgement about one of these disputes that still can take this claim in; None: there is none, or it is this claim's."""
    waiting = Message.objects.filter(
        letter=LETTER,
        status__in=(Message.Status.QUEUED, Message.Status.DRAFT),
        about__invoice__in=[dispute.invoice_id for dispute in disputes],
        owed_at__gte=min(dispute.opened_at for dispute in disputes),
    ).exclude(status=Message.Status.QUEUED, leased_until__gt=clock.machine_now())
    found = waiting.order_by("owed_at").first()
    return None if found is None or str(claim.pk) == found.facts["claim"] else found


def _joined(
    first: Message, claim: Claim, disputes: list[Dispute], customer: Customer, address: str
) -> list[Letter | Act]:
    """The claim, and the invoices it is about, in the letter that waits. What the firm worded itself stays as it wrote it."""
    if str(claim.pk) in first.facts.get("also", ()):
        return []
    facts = {**first.facts, "also": [*first.facts.get("also", ()), str(claim.pk)]}
    Message.objects.filter(pk=first.pk).update(facts=facts)
    for dispute in disputes:
        MessageInvoice.objects.get_or_create(message=first, invoice_id=dispute.invoice_id)
    return _added(claim, disputes, customer, address, at=first.due_at + SPARE) if first.facts.get("own_words") else []


def _added(
    claim: Claim, disputes: list[Dispute], customer: Customer, address: str, *, at: datetime | None = None
) -> list[Letter | Act]:
    """A short word that this was added. Not to who saw it on his page, nor for what he did not say himself."""
    if not address or claim.source not in TOLD_OF:
        return []
    return [
        Letter(
            letter=ADDED,
            key=f"claim:{claim.pk}",
            purpose=Purpose.DISPUTE,
            channel=Channel.EMAIL,
            to=address,
            customer=customer.pk,
            language=claim.language,
            facts={"claim": str(claim.pk)},
            about=tuple(dispute.invoice_id for dispute in disputes),
            at=at,
        )
    ]


def claims_of(message: Message) -> list[Claim]:
    """What this letter answers, in the order it was said: the claim that owed it, and those that joined."""
    keys = [message.facts["claim"], *message.facts.get("also", ())]
    return list(Claim.objects.filter(pk__in=keys).select_related("customer").order_by("said_at", "pk"))


def postal(customer: Customer) -> str:
    """His address on one line; empty where the books have no street."""
    if not customer.street:
        return ""
    place = " ".join(part for part in (customer.city, (customer.state or "").rpartition("-")[2], customer.zip) if part)
    return f"{customer.name}, {customer.street}, {place}"[:254]


def envelope(customer: Customer) -> list[str]:
    """The lines of an envelope, the name first; the name alone where the books have no street."""
    place = " ".join(part for part in ((customer.state or "").rpartition("-")[2], customer.zip) if part)
    lines = [customer.name, customer.street, ", ".join(part for part in (customer.city, place) if part)]
    return [line for line in lines if line] if customer.street else [customer.name]


def not_sent(message: Message) -> None:
    """It could not or may not go this way: by e-mail, then by text, then on paper. Inside the transaction that gives up."""
    disputes = _live(message)
    if message.channel == Channel.LETTER or not disputes:
        return
    _is_open_again(message, disputes)
    assert message.customer_id is not None
    customer = Customer.objects.get(pk=message.customer_id)
    if message.channel == Channel.EMAIL and _texted_instead(message, customer, disputes):
        return
    key = f"paper:{message.facts['claim']}"
    about = tuple(message.about.values_list("invoice_id", flat=True))
    outbox.owe(
        Letter(
            letter=LETTER,
            key=key,
            purpose=Purpose.DISPUTE,
            channel=Channel.LETTER,
            to=postal(customer),
            customer=customer.pk,
            language=message.language,
            facts=message.facts,
            about=about,
            draft=True,
        ),
        Act(kind=HOUR, key=key),
    )
    for dispute in disputes:
        timeline.record(dispute, "letter_to_post", by="Syntharra", because=message.outcome)


def _is_open_again(message: Message, disputes: list[Dispute]) -> None:
    """A mail server had taken it and gave it back: they have nothing in writing, and the clock runs as if it had not left."""
    for dispute in disputes:
        if message.sent_at is not None and dispute.acknowledged_at == message.sent_at:
            Dispute.objects.filter(pk=dispute.pk).update(acknowledged_at=None)
            dispute.acknowledged_at = None
            if dispute.status == Dispute.Status.ACKNOWLEDGED:
                dispute.move(Dispute.Status.NEW)


def _texted_instead(message: Message, customer: Customer, disputes: list[Dispute]) -> bool:
    """A text at once (in its hours), where one may still arrive within the 24 hours."""
    claim = Claim.objects.get(pk=message.facts["claim"])
    number = _number(claim, customer)
    if not number:
        return False
    (owed,) = texts.owe(
        Letter(
            letter=LETTER,
            key=f"text:{claim.pk}",
            purpose=Purpose.DISPUTE,
            channel=Channel.SMS,
            to=number,
            customer=customer.pk,
            language=message.language,
            facts={name: message.facts[name] for name in ("claim", "also") if name in message.facts},
            about=tuple(message.about.values_list("invoice_id", flat=True)),
        )
    )
    for dispute in disputes:
        timeline.record(dispute, "acknowledgement_by_text", by="Syntharra", because=message.outcome)
    return owed.status == Message.Status.QUEUED


# its hour


def plan_hour(duty: Duty) -> str:
    """Move it to the lawful minute nearest to hour 20 that keeps 24 hours; ask the gate about a letter on paper at once."""
    with transaction.atomic():
        message = Message.objects.filter(letter=LETTER, key=duty.key).first()
        if message is None or message.status not in (Message.Status.QUEUED, Message.Status.DRAFT):
            return "over"
        if message.channel == Channel.LETTER:
            return _may_be_posted(message)
        opened, now = message.owed_at, clock.now()
        facts = facts_of(_ask(message, now))
        if message.channel == Channel.SMS:
            judge(facts, _ask(message, now), subject_kind="message", subject_id=message.pk, moment="planned")
        wished = max(opened + SENT_BY_ITSELF_AFTER, now)
        if message.due_at < wished:
            return "sent by a member"
        at = lawful_moment(facts, earliest=now, wished=wished, latest=opened + ACKNOWLEDGE_WITHIN - SPARE)
        if at is None and message.channel == Channel.SMS:
            sending.refuse(message, "no lawful minute within 24 hours")
        if at is None:
            return "no lawful minute within 24 hours"
        if at != message.due_at:
            outbox.reschedule(message, at=at)
        return at.isoformat()


def lawful_moment(facts: Facts, *, earliest: datetime, wished: datetime, latest: datetime) -> datetime | None:
    """The wished moment, else the next lawful one until ``latest``, else the last one before it. None: none in between."""
    rules = RuleBook.load()
    after = first_allowed(replace(facts, at=wished), rules)
    if after is not None and after <= latest:
        return after
    moment = wished - STEP
    while moment >= earliest:
        if first_allowed(replace(facts, at=moment), rules) == moment:
            return moment
        moment -= STEP
    return None


def _may_be_posted(message: Message) -> str:
    answer = clear(_ask(message, clock.now()), subject_kind="message", subject_id=message.pk, moment="letter")
    if not answer.is_allowed and answer.next_allowed_at is None:
        message.move(Message.Status.REFUSED, outcome=answer.reason)
        return answer.reason
    return "to be posted"


def _ask(message: Message, at: datetime) -> Ask:
    return Ask(
        purpose=Purpose(message.purpose),
        channel=Channel(message.channel),
        to=message.to,
        at=at,
        customer_id=message.customer_id,
        subject_id=message.pk,
    )


# the member's


def waiting(dispute: Dispute) -> Message | None:
    """The acknowledgement that waits to leave, or to be posted, about this dispute. One query."""
    if dispute.closed_at is not None:
        return None
    found = Message.objects.filter(
        letter=LETTER, about__invoice=dispute.invoice_id, status__in=(Message.Status.QUEUED, Message.Status.DRAFT)
    ).exclude(status=Message.Status.QUEUED, leased_until__gt=clock.machine_now())
    return found.order_by("-owed_at").first()


def to_post() -> QuerySet[Message]:
    """Letters of the current business that wait for somebody to post them, the oldest first."""
    paper = Message.objects.filter(letter=LETTER, channel=Channel.LETTER, status=Message.Status.DRAFT)
    return paper.select_related("customer").order_by("owed_at")


def draft_of(dispute: Dispute) -> Draft | None:
    """The same with its words; None when there is none."""
    message = waiting(dispute)
    return draft(message) if message is not None else None


def printed(message: Message) -> str:
    """The letter as a page to print, with a link of its own. Raises CannotAcknowledge where the gate forbids it now."""
    assert message.customer_id is not None
    disputes = _live(message)
    if message.status != Message.Status.DRAFT or not disputes:
        raise CannotAcknowledge(_("This letter does not wait to be posted."))
    with transaction.atomic():
        answer = clear(_ask(message, clock.now()), subject_kind="message", subject_id=message.pk, moment="letter")
        if not answer.is_allowed:
            raise CannotAcknowledge(_("It may not be posted now: %(why)s") % {"why": answer.reason})
        token = links.make("dispute", disputes[0].pk, lasts=PAGE_LASTS, scope={"claim": message.facts["claim"]})
    said = wording(message.language)
    url = absolute(reverse("signed_page", args=[token]))
    with translation.override(message.language):
        foot = render_to_string("letters/_foot_customer.txt", {"business": message.business}).strip()
    return paper.html(
        paper.Sheet(
            business=message.business,
            address=envelope(Customer.objects.get(pk=message.customer_id)),
            on=clock.today(message.business.time_zone),
            subject=said["subject"].format(firm=message.business.name),
            paragraphs=[*draft(message).words.split("\n\n"), f"{said['on_paper']}\n{url}", said["stray"], foot],
            language=message.language,
        )
    )


def draft(message: Message) -> Draft:
    if message.channel == Channel.SMS:
        return Draft(message, text_of(message, _live(message), "…"), own=False, problems=())
    own = str(message.facts.get("own_words", ""))
    claims = claims_of(message)
    words = own or words_for(claims, _live(message), claims[0].customer, language=message.language)
    return Draft(message, words, bool(own), tuple(lint.problems(own)) if own else ())


@transaction.atomic(durable=True)
def edit(dispute_id: UUID, words: str, *, by: User) -> Draft:
    """Keep the firm's own words for it. Words equal to ours are ours. Raises CannotAcknowledge."""
    dispute, found = _held(dispute_id)
    if found.as_text and words.strip() == found.words.strip():
        return found
    if found.as_text:
        raise CannotAcknowledge(
            _("This one goes as a text, which has no room for more. Answer in your own words below it.")
        )
    words = "\n".join(line.rstrip() for line in words.strip().splitlines())
    if not words:
        raise CannotAcknowledge(_("Write something, or leave it as it is."))
    if len(words) > 5000:
        raise CannotAcknowledge(_("That is longer than a letter should be: at most 5,000 characters."))
    ours = draft(_without_own(found.message)).words
    facts = {name: value for name, value in found.message.facts.items() if name != "own_words"}
    if words != ours:
        facts |= {"own_words": words, "own_words_by": by.email}
    Message.objects.filter(pk=found.message.pk).update(facts=facts)
    found.message.facts = facts
    timeline.record(dispute, "acknowledgement_edited", by=by.email, words=words if words != ours else "")
    return draft(found.message)


@transaction.atomic(durable=True)
def send_now(dispute_id: UUID, *, by: User) -> Draft:
    """Let it leave now, before its hour. The gate is asked as always. Raises CannotAcknowledge."""
    dispute, found = _held(dispute_id)
    if found.on_paper:
        raise CannotAcknowledge(_("There is no e-mail address: print the letter, post it and tick it."))
    outbox.reschedule(found.message, at=clock.now())
    outbox.ring()
    timeline.record(dispute, "acknowledgement_sent_by", by=by.email)
    return found


@transaction.atomic(durable=True)
def posted(message_id: UUID, *, on: date, by: User) -> Message:
    """Somebody put the letter in the mail on that day: the clock of the acknowledgement is met. Ticking twice is once."""
    message = Message.objects.select_related("business").get(pk=message_id)
    assert message.customer_id is not None
    hold_customer(message.customer_id)
    message.refresh_from_db()
    zone = ZoneInfo(message.business.time_zone)
    if message.status == Message.Status.SENT:
        return message
    if message.status != Message.Status.DRAFT or message.channel != Channel.LETTER:
        raise CannotAcknowledge(_("This letter does not wait to be posted."))
    now = clock.now()
    if not message.owed_at.astimezone(zone).date() <= on <= now.astimezone(zone).date():
        raise CannotAcknowledge(_("Enter the day on which it was posted: not before the dispute, not after today."))
    moment = now if on == now.astimezone(zone).date() else datetime.combine(on, time(17), zone)
    words = draft(message).words
    message.move(
        Message.Status.SENT, sent_at=max(moment, message.owed_at), outcome=f"posted by {by.email}"[:200], text=words
    )
    for dispute in _live(message):
        timeline.record(dispute, "posted_letter", by=by.email, on=on.isoformat(), to=message.to)
    was_sent(message)
    return message


def _held(dispute_id: UUID) -> tuple[Dispute, Draft]:
    dispute = Dispute.objects.select_related("invoice").get(pk=dispute_id)
    hold_customer(dispute.customer_id)
    dispute.refresh_from_db()
    found = draft_of(dispute)
    if found is None:
        raise CannotAcknowledge(_("It has left already, or the dispute has ended."))
    return dispute, found


def _without_own(message: Message) -> Message:
    bare = Message.objects.get(pk=message.pk)
    bare.facts = {name: value for name, value in message.facts.items() if name != "own_words"}
    return bare


def _live(message: Message) -> list[Dispute]:
    about = Dispute.objects.live().filter(claims__in=claims_of(message)).distinct()
    return list(about.select_related("invoice", "business").order_by("number"))
