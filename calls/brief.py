"""The facts of one call, read from the books and frozen before the agent's first word."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.models import Business
from accounts.trades import is_sensitive
from calls import last_call, persons
from calls.agent.facts import Brief, BriefError, DebtorType, InvoiceFacts, Language, LinkChannel, Role
from calls.models import Attempt, Call
from calls.outcomes import spoken_of, spoken_on
from calls.workdays import workdays_after
from compliance.gate import is_allowed
from compliance.models import Channel, Purpose, TextConsent
from compliance.operator import declaration
from compliance.registry import Ask, facts_of
from compliance.rulebook import RuleBook
from disputes import pay_links
from disputes.letters import email_of
from disputes.models import Dispute
from invoices.families import families, kin_of
from invoices.models import Contact, Customer, Invoice
from invoices.spoken import work_of
from syntharra import clock

# 940 CMR 7.05(3)(b): in Massachusetts the business is named only to the person asked for.
NAMED_LATER = "US-MA"


def brief_for(attempt: Attempt) -> Brief:
    """What the agent may know on this attempt's call. Raises BriefError when there is nothing to speak about."""
    return _brief(attempt.business, attempt.customer, spoken_of(attempt), number=attempt.to, reference=str(attempt.pk))


def brief_of(call: Call) -> Brief:
    """The same for a call that is there, whoever made it."""
    if call.customer is None:
        raise BriefError("nobody knows who is on the line")
    invoices, reference = spoken_on(call), str(call.line_id)
    number, inbound = call.number, call.is_inbound
    return _brief(call.business, call.customer, invoices, number=number, reference=reference, inbound=inbound)


def _brief(
    business: Business,
    customer: Customer,
    invoices: list[Invoice],
    *,
    number: str,
    reference: str,
    inbound: bool = False,
) -> Brief:
    contact = Contact.objects.filter(customer=customer, phone=number).order_by("rank").first()
    here = clock.now().astimezone(ZoneInfo(business.time_zone))
    calling_back = next_open_hour(here, business.call_from)
    language = Language.SPANISH if customer.language.startswith("es") else Language.ENGLISH
    work = work_of(invoices, language=customer.language)
    private = is_sensitive(business.trade)
    reached = Call.objects.filter(customer=customer, right_party=True)
    return Brief(
        business_name=business.name,
        customer_name=customer.name,
        invoices=tuple(
            _facts(invoice, work.get(invoice.pk, ""), private=private)
            for invoice in invoices
            if invoice.due_on is not None
        ),
        is_sensitive=private,
        today=here.date(),
        local_time=time(here.hour, here.minute),
        debtor_type=DebtorType.BUSINESS if customer.kind == Customer.Kind.BUSINESS else DebtorType.CONSUMER,
        role=Role.FIRST_PARTY if settings.ROLE == "own_books" else Role.THIRD_PARTY,
        contact_name=contact.name if contact is not None and contact.name != customer.name else "",
        language=language,
        zip_code=customer.zip,
        street=customer.street,
        callback_number=business.callback_number,
        operator_name=_operator(customer),
        first_contact=not reached.exclude(attempt_id=reference).exclude(pk=reference).exists(),
        dispute_live=_disputes_open(customer),
        inbound=inbound,
        identify_after_name=customer.state == NAMED_LATER,
        link=_link(customer, invoices, number),
        person_now=persons.answers_now(business),
        person_on=calling_back.date(),
        person_at=calling_back.time(),
        reference=reference,
        last_call=last_call.is_used_up(invoices),
        leaves_message=business.leaves_messages,
    )


def _operator(customer: Customer) -> str:
    """Named beside the firm to a consumer who is called for others: the registered name, as declared."""
    if settings.ROLE == "own_books" or customer.kind == Customer.Kind.BUSINESS:
        return ""
    declared = declaration()
    return declared.name if declared is not None else ""


def next_open_hour(here: datetime, opens: time) -> datetime:
    """When a person of the firm calls back at the latest: its first hour on the next business day, on its own clock."""
    return datetime.combine(workdays_after(here.date(), 1), opens, here.tzinfo)


def _facts(invoice: Invoice, work: str, *, private: bool) -> InvoiceFacts:
    """Number, amount and date; what the work was, where a member approved words for all of it, else the day of it.

    Of a sensitive trade the agent knows neither, so that no answer can hold them.
    """
    assert invoice.due_on is not None
    return InvoiceFacts(
        number=invoice.number,
        amount=invoice.balance_money,
        due_date=invoice.due_on,
        work="" if private else work,
        service_date=None if private or (invoice.served_on or date.max) > clock.now().date() else invoice.served_on,
        issued_on=invoice.issued_on,
    )


def _disputes_open(customer: Customer) -> bool:
    """Something of this customer, his jobs or branches is disputed and the owner did not say to go on with the rest."""
    kin = kin_of(families([customer]))[customer.pk]
    return Dispute.objects.live().filter(customer__in=kin).exclude(go_on_with_others=True).exists()


def _link(customer: Customer, invoices: list[Invoice], number: str) -> LinkChannel:
    """A link is offered only where it can be sent: a page to pay on for every invoice, and an address on file or else a
    number that agreed to texts."""
    if not pay_links.is_payable(invoices):
        return LinkChannel.NONE
    if email_of(customer):
        return LinkChannel.EMAIL
    return LinkChannel.TEXT if _may_be_texted(customer, invoices[0], number) else LinkChannel.NONE


def _may_be_texted(customer: Customer, invoice: Invoice, number: str) -> bool:
    """What the gate says now. It is asked again, and on record, when the text is planned and when it leaves."""
    agreed = TextConsent.objects.filter(customer=customer, number=number, revoked_at=None, scope=TextConsent.Scope.ALL)
    if not number or not agreed.exists():
        return False
    ask = Ask(
        purpose=Purpose.COLLECT, channel=Channel.SMS, to=number, at=clock.now(), customer_id=customer.pk,
        invoice_id=invoice.pk,
    )  # fmt: skip
    return is_allowed(facts_of(ask), RuleBook.load())
