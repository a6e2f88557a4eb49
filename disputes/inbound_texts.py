"""Texts that come in to one of a firm's numbers: kept first, then acted on, the same way as answers by mail.

STOP binds in the transaction that keeps it, for the number and for every business. HELP gets one answer. Anything else a
person writes holds collecting on that customer and is heard (``disputes.replies``). Whose a text is follows from the
number it came from: whom we texted there last, else whose contact has it. Where nobody or several have it, somebody reads
it, and nothing of anybody is said in return.
"""

import hashlib
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import AlertPhone, Business
from compliance import facts as gate
from compliance import texting
from compliance.facts import Facts, ProductFacts
from compliance.models import Channel, Purpose, StopKind, TextConsent
from compliance.registry import Ask
from compliance.services import judge, role, stop, stop_number
from disputes import replies
from disputes.hearing import Intent
from disputes.mail_models import InboundMail
from disputes.text_words import Keyword, is_kept_by_carrier, keyword
from invoices.models import Contact, Customer, Hold
from invoices.services import hold_customer
from notifications import outbox, texts
from notifications.models import Message
from notifications.segments import fitted, shortened
from syntharra import clock, due, logs
from syntharra.tenancy import current_business

log = logs.get(__name__)

DUE = "mail"  # one list for whatever comes in
BY = "syntharra"
MOST_WORDS = 20_000  # the carrier sends 1,600 at most; whoever else signs as it does is not trusted further
Outcome = InboundMail.Outcome
HELP_ANSWER = "text_help"


def register() -> None:
    """Say which texts answer what comes in."""
    from notifications.letters import letter_facts

    letter_facts(HELP_ANSWER, _of_firm)
    letter_facts(texts.STOP_CONFIRMATION, _of_firm)


def keep(*, sid: str, sender: str, line: str, body: str, media: int = 0, by_carrier: bool = False) -> InboundMail:
    """The one row of this text, with its hold or its stop. ``by_carrier``: the carrier took it for a stop of its own."""
    if (known := InboundMail.objects.filter(key=sid[:64]).first()) is not None:
        return known
    try:
        with transaction.atomic(durable=True):
            return _put_down(sid[:64], sender, line, body[:MOST_WORDS], media, by_carrier=by_carrier)
    except IntegrityError:  # the same text, told twice at once
        return InboundMail.objects.get(key=sid[:64])


def _put_down(key: str, sender: str, line: str, body: str, media: int, *, by_carrier: bool) -> InboundMail:
    customer, answered = whose(sender)
    word = Keyword.STOP if by_carrier else keyword(body)
    moment = clock.now()
    if customer is not None:
        hold_customer(customer.pk)
    row = InboundMail(
        key=key, channel=InboundMail.Channel.SMS, kind=InboundMail.Kind.REPLY, customer=customer, message=answered,
        sender=sender, line=line, words=body, came_at=moment, sha256=hashlib.sha256(body.encode()).hexdigest(),
        heard=_noted(media, body, word, by_carrier=by_carrier),
    )  # fmt: skip
    if word is Keyword.STOP:
        _stop(row, customer)
    if word not in (Keyword.HELP, Keyword.START):
        row.waits = True
        row.hold = _hold(customer, sender)
    if word in (None, Keyword.HELP) and customer is not None and _is_on_file(customer, sender):
        texting.agree(
            customer.pk, sender, basis="they texted us", given_by=customer.name, given_on=moment.date(),
            source=f"text:{row.pk}", by=BY, scope=TextConsent.Scope.ANSWERS,
        )  # fmt: skip
    row.save(force_insert=True)
    due.note(DUE, row.pk, at=moment)
    timeline.record(row, "text_came", by=BY, sender=sender, word=str(word or ""))
    return row


def _noted(media: int, body: str, word: Keyword | None, *, by_carrier: bool) -> dict[str, Any]:
    noted: dict[str, Any] = {"word": str(word)} if word else {}
    if media:
        noted["media"] = media
    if by_carrier or (word is Keyword.STOP and is_kept_by_carrier(body)):
        noted["by_carrier"] = True
    return noted


def whose(number: str) -> tuple[Customer | None, Message | None]:
    """The customer this number of theirs is, and the text of ours he may be answering; None where nobody can say."""
    last = Message.objects.filter(channel=Channel.SMS, to=number, customer__isnull=False, sent_at__isnull=False)
    answered = last.select_related("customer").order_by("-sent_at").first()
    if answered is not None:
        return answered.customer, answered
    having = Contact.objects.filter(phone=number).order_by("customer_id").values_list("customer_id", flat=True)
    found = list(having.distinct()[:2])
    return (Customer.objects.get(pk=found[0]), None) if len(found) == 1 else (None, None)


def _is_on_file(customer: Customer, number: str) -> bool:
    return customer.contacts.filter(phone=number).exists()


def _hold(customer: Customer | None, number: str) -> Hold:
    """On the customer; on the number where it may be one of several people's."""
    about: dict[str, Any] = {"customer_id": customer.pk} if customer is not None else {"number": number[:16]}
    return Hold.objects.create(**about, reason=replies.TO_READ, by=BY, since=clock.now())


def _stop(row: InboundMail, customer: Customer | None) -> None:
    """The number, for every business of the installation, calls and texts alike (RULES 5); and what is on a line now."""
    if customer is None:
        stop_number(row.sender, StopKind.OPT_OUT)
        return
    made = stop(
        customer.pk, StopKind.OPT_OUT, number=row.sender, words=row.words[:4000], source=f"text:{row.pk}", by=BY
    )
    facts = {"customer": str(customer.pk), "because": str(StopKind.OPT_OUT)}
    outbox.owe(outbox.Act(kind="stop_calls", key=f"stop:{made.pk}", facts=facts))


# acting


def act(row: InboundMail) -> None:
    """Do what this text asks for, once. Safe to call again after a crash at any point."""
    match row.heard.get("word"):
        case Keyword.STOP:
            with transaction.atomic():
                owe_confirmation(row)
                _end(row, Outcome.STOPPED, waits=row.customer_id is not None)
        case Keyword.HELP:
            with transaction.atomic():
                _owe(row, HELP_ANSWER)
                _end(row, Outcome.HELP, waits=False)
        case Keyword.START:
            _start(row)
        case _ if row.customer is None:
            _hear_stranger(row)
        case _:
            replies.act(row)


def _hear_stranger(row: InboundMail) -> None:
    """Whoever he is, "stop texting me" and "wrong number" in his own words bind his number; the rest somebody reads."""
    heard = replies.understood(row.words)
    said = {StopKind.OPT_OUT: Intent.OPT_OUT, StopKind.WRONG_NUMBER: Intent.WRONG_NUMBER}
    kinds = [kind for kind, meaning in said.items() if meaning in heard.meanings]
    with transaction.atomic():
        for kind in kinds:
            stop_number(row.sender, kind)
        InboundMail.objects.filter(pk=row.pk).update(heard={**row.heard, **heard.record()})
        _end(row, Outcome.STOPPED if kinds else Outcome.TO_READ, waits=True)


def owe_confirmation(row: InboundMail) -> None:
    """One text that says it stops, where the carrier has not said so itself and we have not before. In the caller's transaction."""
    if not row.heard.get("by_carrier") and not _was_confirmed(row):
        _owe(row, texts.STOP_CONFIRMATION, stopped_at=row.came_at.isoformat())


def _was_confirmed(row: InboundMail) -> bool:
    """Told already, and nothing was asked for since."""
    told = Message.objects.filter(letter=texts.STOP_CONFIRMATION, to=row.sender).exclude(key=f"text:{row.pk}")
    latest = told.order_by("-owed_at").values_list("owed_at", flat=True).first()
    if latest is None:
        return False
    return not TextConsent.objects.filter(number=row.sender, lifts_stop=True, at__gt=latest).exists()


def _owe(row: InboundMail, letter: str, **facts: str) -> None:
    if row.customer is None:  # a stranger is answered on the spot, or not at all: ``answer_to_stranger``
        return
    texts.owe(
        outbox.Letter(
            letter=letter, key=f"text:{row.pk}", purpose=Purpose.SERVICE, channel=Channel.SMS, to=row.sender,
            customer=row.customer_id, language=row.customer.language, facts=facts,
        )
    )  # fmt: skip


def _start(row: InboundMail) -> None:
    """His own documented wish: texts of this business may reach the number again, and nothing else is lifted."""
    with transaction.atomic():
        mine = AlertPhone.objects.filter(number=row.sender, verified_at__isnull=False)
        mine.filter(user__memberships__business_id=current_business()).update(wanted_at=row.came_at)
        if row.customer is not None:
            hold_customer(row.customer.pk)
            before = TextConsent.objects.filter(customer=row.customer, number=row.sender, scope=TextConsent.Scope.ALL)
            scope = TextConsent.Scope.ALL if before.exists() else TextConsent.Scope.ANSWERS
            texting.agree(
                row.customer.pk, row.sender, basis=f"texted {row.words.strip()[:20]}", given_by=row.customer.name,
                given_on=row.came_at.date(), source=f"text:{row.pk}", by=row.sender, scope=scope, lifts_stop=True,
            )  # fmt: skip
        _end(row, Outcome.RESUMED, waits=False)


def _end(row: InboundMail, outcome: str, *, waits: bool) -> None:
    InboundMail.objects.filter(pk=row.pk, outcome="").update(outcome=outcome, waits=waits)
    if not waits:
        replies.let_go(row, by=BY)


def _of_firm(message: Message) -> dict[str, Any]:
    return {"customer": message.customer}


# people we do not know


def answer_to_stranger(row: InboundMail, business: Business) -> str:
    """What somebody nobody knows is told at once: whom he reached and how to stop. "" where nothing may or need be said."""
    word = row.heard.get("word")
    if row.customer_id is not None or not (
        word == Keyword.HELP or (word == Keyword.STOP and "by_carrier" not in row.heard)
    ):
        return ""
    facts = Facts(
        purpose=gate.Purpose.SERVICE, channel=gate.Channel.SMS, at=clock.now(), phone=row.sender, role=role(),
        consent=gate.Consent.EXPRESS, product=ProductFacts(texts_off=texting.is_off(business)),
    )  # fmt: skip
    if word == Keyword.STOP:
        facts = replace(facts, consent=gate.Consent.REVOKED, confirms_stop_at=row.came_at)
    elif texting.is_stopped(row.sender):
        facts = replace(facts, consent=gate.Consent.REVOKED)
    ask = Ask(purpose=Purpose.SERVICE, channel=Channel.SMS, to=row.sender, at=facts.at, subject_id=row.pk)
    answer = judge(facts, ask, subject_kind="inbound_text", subject_id=row.pk, moment="answering")
    if not answer.is_allowed:
        return ""
    firm = shortened(business.name)
    with translation.override(business.language):
        if word == Keyword.STOP:
            return fitted(_("%(firm)s: You will get no more texts or calls from us on this number.") % {"firm": firm})
        words = _("%(firm)s. Questions? Call %(phone)s. Reply STOP to opt out.") % {
            "firm": firm, "phone": business.dispute_phone or business.callback_number
        }  # fmt: skip
        return fitted(words)
