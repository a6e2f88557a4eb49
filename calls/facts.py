"""What is known about a call that asks for money, gathered for the gate: a batch at a time, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import DateField, Q, Value
from django.db.models.functions import Cast

from accounts.models import Business
from calls.agent.outcomes import CALLS_ONLY
from calls.history import History
from calls.models import Attempt, FinalChoice
from calls.ringing import MAY_RING_FOR
from compliance import facts as gate
from compliance import firm, operator, readiness, texting
from compliance.facts import DebtorType, Facts, Flags, ProductFacts
from compliance.models import Channel, Consent, FirmRules, Purpose, Statement, StopKind, Suppression, TextConsent
from compliance.registry import Ask
from compliance.registry import register as answer_for
from compliance.rulebook import RuleBook
from compliance.services import (
    consent_date,
    consent_of,
    flags_from,
    opted_out,
    role,
    stopped_numbers,
    stopped_people,
    stops_on_people,
)
from compliance.statements import Said, Statements, said_of, statements_of
from disputes.models import Claim, ClaimOn, Dispute
from integrations.models import Connection
from integrations.twilio import line_types
from integrations.twilio.line_types import LineKnown
from invoices import notices, plans, promises, verification
from invoices.checking import open_findings
from invoices.checks import Reason
from invoices.families import families, kin_of
from invoices.models import Customer, Hold, Invoice, PlanInvoice, Promise
from syntharra.reading import Given, Reading
from syntharra.tenancy import current_business

BACKLOG_DAYS = 90
_DISPUTES = Reading(lambda: Dispute.objects.live().filter(customer_id__among=Given("customers")))
_HOLDS = Reading(
    lambda: Hold.objects.running(Given("at")).filter(
        Q(customer_id__among=Given("customers"))
        | Q(invoice_id__among=Given("invoices"))
        | Q(customer=None, invoice=None)
    )
)
# What is promised about an invoice, with its last day and the firm's to answer; with no day where a plan is paid.
_PROMISES = Reading(
    lambda: (
        Promise.objects.filter(invoice_id__among=Given("invoices"), status="running")
        .values_list("invoice_id", "holds_until", "answer_by")
        .union(
            PlanInvoice.objects.filter(invoice_id__among=Given("invoices"), live=True).values_list(
                "invoice_id", Cast(Value(None), DateField()), Cast(Value(None), DateField())
            ),
            all=True,
        )
    )
)
_CONSENTS = Reading(lambda: Consent.objects.filter(customer_id__among=Given("customers"), revoked_at=None))
_INVOICES = Reading(lambda: Invoice.objects.filter(pk__among=Given("invoices")))
_BOOKS = Reading(lambda: Connection.objects.filter(pk__among=Given("connections")))


def register() -> None:
    """Answer for the purpose ``collect``, and say who carries out what is owed to a telephone line."""
    answer_for(Purpose.COLLECT, collect_facts)
    from calls import final, freezing, letters, preview, recordings, reminding, stops, webhooks
    from calls.lines import line_of
    from notifications import texts

    texts.chooses_line(line_of)
    stops.register()
    freezing.register()
    letters.register()
    preview.register()
    recordings.register()
    reminding.register()
    final.register()
    webhooks.register()


def collect_facts(ask: Ask) -> Facts:
    return gather([ask])[0]


def gather(asks: Sequence[Ask]) -> list[Facts]:
    """The facts of each ask, in order. ``subject_id`` of an attempt makes it the one judged, and asks for fresh books."""
    known = Known.of(asks)
    return [known.facts(ask) for ask in asks]


@dataclass
class Known:
    """Everything read for a batch."""

    business: Business
    customers: Mapping[UUID, Customer]
    invoices: dict[UUID, Invoice]
    suppressions: dict[UUID, list[Suppression]]
    stops: dict[str, set[StopKind]]
    stopped_people: dict[str, set[StopKind]]  # by number or e-mail address
    kin: Mapping[UUID, frozenset[UUID]]  # the same person or firm in the books
    consents: Mapping[UUID, list[Consent]]
    lines: Mapping[str, LineKnown]
    holds: list[Hold]
    promises: dict[UUID, date]  # held until the end of that day, and until somebody has looked
    planned: set[UUID]  # paid in installments
    disputes: list[Dispute]
    written: set[UUID]
    to_check: dict[UUID, set[Reason]]
    decided: set[UUID]  # of what was called about three times: the owner wants the last letter
    of_plans: set[UUID]  # letters that tell of a missed installment
    history: History
    statements: Statements
    firm_rules: FirmRules
    licensed_in: frozenset[str] | None
    blackouts: tuple[gate.Blackout, ...]
    not_ready: bool
    unnoticed: set[UUID]
    periods: dict[UUID, date]
    unproved: set[UUID]
    texts: Sequence[TextConsent]
    texts_off: bool | None

    @classmethod
    def of(
        cls, asks: Sequence[Ask], *, business: Business | None = None, customers: Mapping[UUID, Customer] | None = None
    ) -> "Known":
        """Read what these asks need. ``business`` and ``customers`` where the caller holds them, read under the lock."""
        named = {ask.customer_id for ask in asks if ask.customer_id}
        invoices = {ask.invoice_id for ask in asks if ask.invoice_id}
        numbers = {ask.to for ask in asks if ask.to.startswith("+")}
        earliest, moment = min(ask.at for ask in asks), max(ask.at for ask in asks)
        known = customers if customers is not None else Customer.objects.in_bulk(named)
        business = business or Business.objects.get(pk=current_business())
        found = _invoices(invoices, known)
        related = families(known.values())
        kin = kin_of(related)
        disputes = _DISPUTES(customers=named | kin.keys())
        private = {pk for pk, one in known.items() if one.kind != Customer.Kind.BUSINESS}
        history = History.of(named.union(*(kin[pk] for pk in private)), numbers)
        disputed = [dispute.invoice_id for dispute in disputes]
        judged = {ask.subject_id for ask in asks if ask.subject_id}
        texting_any = any(ask.channel == Channel.SMS for ask in asks)
        held = _PROMISES(invoices=invoices)
        return cls(
            business=business,
            customers=known,
            invoices=found,
            suppressions=stops_on_people({pk: kin.get(pk, frozenset({pk})) for pk in named}),
            stops=stopped_numbers(numbers),
            stopped_people=stopped_people({ask.to for ask in asks}),
            kin=kin,
            consents=_consents(named),
            lines=line_types.known(numbers, at=moment),
            # What runs at the earliest of the moments: what has ended by a later one says when it does.
            holds=_HOLDS(at=earliest, customers=named, invoices=invoices),
            promises={
                pk: promises.held_at_most_until(until, answer) for pk, until, answer in held if until is not None
            },
            planned={pk for pk, until, _answer in held if until is None},
            disputes=disputes,
            written=_disputed_in_writing(disputes),
            to_check=_to_check(found, business, known, related),
            decided=_owner_decided(invoices) if any(ask.channel != Channel.CALL for ask in asks) else set(),
            of_plans=plans.notices_among(judged) if any(ask.channel != Channel.CALL for ask in asks) else set(),
            history=history,
            statements=statements_of(named),
            firm_rules=firm.rules_of(business),
            # A sandbox reaches simulators alone: the whole story is told there without a license.
            licensed_in=None
            if business.sandbox
            else operator.licensed_states(earliest.date()) & operator.licensed_states(moment.date()),
            blackouts=operator.blackouts(earliest.date()),
            not_ready=not business.sandbox and bool(readiness.lacks(moment.date())),
            unnoticed=notices.missing(list(known.values()), history.spoken(besides=judged)),
            unproved=_unproved(found, known, business),
            periods=dict(notices.sent_notices(disputed).values_list("invoice_id", "period_ends_on"))
            if disputed
            else {},
            texts=texting.consents_of(named) if texting_any else (),
            texts_off=texting.is_off(business) if texting_any else None,
        )

    def facts(self, ask: Ask) -> Facts:
        assert ask.customer_id is not None
        assert ask.invoice_id is not None
        customer, invoice = self.customers[ask.customer_id], self.invoices[ask.invoice_id]
        consents = self.consents.get(customer.pk, [])
        stops, suppressions = self._stops(ask), self.suppressions[customer.pk]
        out = opted_out(suppressions, stops, number=ask.to) or _no_email(ask, suppressions)
        past, besides = self.history, ask.subject_id
        said = said_of(self._stated(customer, besides), number=ask.to)
        agreed = self._agreed_to_texts(ask)
        number_history = (*past.about(past.of_number[ask.to], besides=besides), *past.numbers_in[ask.to])
        return Facts(
            purpose=gate.Purpose.COLLECT,
            channel=gate.Channel(ask.channel.value),
            at=ask.at,
            phone=ask.to if ask.to.startswith("+") else None,
            line_type=_line_type(self.lines.get(ask.to), consents, ask.to),
            line_type_on=line.at.date() if (line := self.lines.get(ask.to)) is not None else None,
            address_state=customer.state or None,
            city=customer.city or None,
            extra_zones=said.extra_zones,
            debtor_type=DebtorType(customer.kind),
            role=role(),
            consent=agreed.consent if agreed else consent_of(consents, number=ask.to, out=out),
            consent_on=agreed.on if agreed else consent_date(consents, number=ask.to, spoken=number_history),
            due_date=invoice.due_on,
            # Nothing on record says that an estimate or contract was signed: the shorter term counts (RULES 9).
            paper=gate.Paper.UNCLEAR,
            history=(
                *past.about(past.of_invoice[invoice.pk], besides=besides),
                *past.in_about[invoice.pk],
                *past.mail_about[invoice.pk],
            ),
            person_history=tuple(event for one in self._same_person(customer) for event in past.with_one(one, besides)),
            number_history=number_history,
            flags=self._flags(ask, flags_from(suppressions, stops, number=ask.to), said),
            # Nobody hears of an invoice which the books meanwhile give to another customer (two were merged).
            books_open=invoice.books_status == Invoice.Books.OPEN and invoice.customer_id == customer.pk,
            balance_positive=invoice.balance > 0,
            left_reason=self._left(ask, invoice),
            licensed_in=self.licensed_in,
            at_work=said.at_work,
            firm=firm.settings_for(self.business, self.firm_rules, consumer=customer.kind != Customer.Kind.BUSINESS),
            blackouts=self.blackouts,
            product=self._product(ask, customer, invoice),
        )

    def _same_person(self, customer: Customer) -> frozenset[UUID]:
        """A private person is one whatever jobs of his the books keep; the branches of a firm are people of their own."""
        kin = self.kin.get(customer.pk)
        return kin if kin and customer.kind != Customer.Kind.BUSINESS else frozenset({customer.pk})

    def _stops(self, ask: Ask) -> set[StopKind]:
        """Of the number wherever it was said, and of whoever is reached there by any row of these books."""
        return self.stops.get(ask.to, set()) | self.stopped_people.get(ask.to, set())

    def _agreed_to_texts(self, ask: Ask) -> texting.Agreed | None:
        """For a text; None for everything else."""
        if ask.channel != Channel.SMS or ask.customer_id is None:
            return None
        mine = [one for one in self.texts if one.customer_id == ask.customer_id]
        stops, suppressions = self._stops(ask), self.suppressions[ask.customer_id]
        return texting.agreed(mine, suppressions, stops, number=ask.to, purpose=ask.purpose)

    def _stated(self, customer: Customer, judged: UUID | None) -> list[Statement]:
        """What binds this call: not what the person says on it. "Not before noon" ends no conversation begun at ten."""
        call = getattr(self.history.attempts.get(judged), "call", None) if judged else None
        source = f"call:{call.pk}" if call is not None else ""
        return [told for told in self.statements[customer.pk] if not source or told.source != source]

    def _flags(self, ask: Ask, stops: Flags, said: Said) -> Flags:
        live = next((dispute for dispute in self.disputes if dispute.invoice_id == ask.invoice_id), None)
        wanted, asked = self._callback(ask)
        return Flags(
            dispute=self._dispute(live) if live else None,
            bankruptcy=stops.bankruptcy,
            deceased=stops.deceased,
            attorney=stops.attorney,
            cease=stops.cease,
            wrong_number=stops.wrong_number,
            workplace_refused=said.workplace_refused,
            not_between=said.not_between,
            not_on=said.not_on,
            callback_requested_utc=wanted,
            callback_asked_utc=asked,
        )

    def _left(self, ask: Ask, invoice: Invoice) -> str | None:
        """After the third call it waits for the owner; once he wants the last letter, that one (never a call) may go."""
        wanted = ask.channel != Channel.CALL and invoice.pk in self.decided
        return None if wanted and invoice.left_reason == Invoice.Left.YOUR_DECISION else invoice.left_reason

    def _dispute(self, live: Dispute) -> gate.Dispute:
        """Before the notice has left its thirty days have not run out (15 USC 1692g(b))."""
        until = self.periods.get(live.invoice_id)
        return gate.Dispute(
            written=live.pk in self.written,
            within_30_days_of_notice=until is None or self._day(live.opened_at) <= until,
        )

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.business.time_zone)).date()

    def _callback(self, ask: Ask) -> tuple[datetime | None, datetime | None]:
        """For when he asked to be called, and when he did: on our last call, or on one of his own since."""
        assert ask.customer_id is not None
        last = self.history.last_of(ask.customer_id, besides=ask.subject_id)
        asked, wanted = self.history.callbacks_in.get(ask.customer_id, (None, None))
        if asked is not None and (last is None or last.dialing_at is None or last.dialing_at < asked):
            return wanted, asked
        return (last.callback_at, last.ended_at) if last is not None and last.callback_at is not None else (None, None)

    def _product(self, ask: Ask, customer: Customer, invoice: Invoice) -> ProductFacts:
        judged = self.history.attempts.get(ask.subject_id) if ask.subject_id else None
        held, hold_until = self._hold(ask, customer, invoice)
        check = self.to_check[invoice.pk]
        promised, on_plan = invoice.pk in self.promises, self._on_plan(ask, invoice)
        free_at = self._number_free_at(ask)
        kin = self.kin.get(customer.pk, frozenset({customer.pk}))
        others = [d for d in self.disputes if d.customer_id in kin and d.invoice_id != invoice.pk]
        return ProductFacts(
            business_stopped=self.business.stopped_at is not None,
            books_stale=_stale(invoice, _ringing_until(judged, ask) if judged else None),
            invoice_frozen=invoice.frozen_at is not None,
            invoice_paused=invoice.paused_reason != "",
            owner_decides=any(dispute.go_on_with_others is not True for dispute in others)
            or invoice.is_more_than_agreed,
            on_hold=held,
            not_approved=bool(judged and self.business.reviews_calls and judged.approved_at is None),
            credit_on_account=Reason.CREDIT_ON_ACCOUNT in check,
            payment_in_flight=Reason.PAYMENT_IN_FLIGHT in check or invoice.card_paid_at is not None,
            not_sent=Reason.NOT_SENT in check,
            no_terms=Reason.NO_TERMS in check,
            check_first=Reason.CHECK_FIRST in check or invoice.disputed_in_books,
            consumer_calls_off=not self.business.consumer_calls,
            validation_notice_missing=customer.pk in self.unnoticed,
            verification_missing=invoice.pk in self.unproved,
            below_minimum=invoice.balance < self.business.minimum_balance,
            backlog=_is_backlog(invoice),
            promise_running=promised or on_plan,
            call_live=self.history.open_now(customer.pk, ask.to, besides=ask.subject_id),
            number_contacted_recently=free_at is not None,
            installation_not_ready=self.not_ready,
            texts_off=self.texts_off if ask.channel == Channel.SMS else None,
            hold_until=hold_until,
            promise_until=self._promise_until(ask, invoice) if promised and not on_plan else None,
            number_free_at=free_at,
        )

    def _promise_until(self, ask: Ask, invoice: Invoice) -> datetime | None:
        """When the books will have decided at the latest; None where that moment has come and nobody has looked yet."""
        until = self._after(self.promises[invoice.pk])
        return until if until > ask.at else None

    def _on_plan(self, ask: Ask, invoice: Invoice) -> bool:
        """A plan holds everything but the notice of a missed installment, which is its own."""
        return invoice.pk in self.planned and ask.subject_id not in self.of_plans

    def _hold(self, ask: Ask, customer: Customer, invoice: Invoice) -> tuple[bool, datetime | None]:
        """Whether anything holds it, and when the last hold runs out (None: when somebody lifts it).

        Some keep calls away and nothing else: he asked for the link, or wants it in writing.
        """
        calling = ask.channel == Channel.CALL
        mine = [
            hold
            for hold in self.holds
            if _binds(hold, ask, customer, invoice) and (calling or hold.reason not in CALLS_ONLY)
        ]
        if customer.never_call:
            return True, None
        ends = [hold.until for hold in mine if hold.until is not None]
        return bool(mine), max(ends) if mine and len(ends) == len(mine) else None

    def _after(self, day: date) -> datetime:
        """The first moment after this date where the business is."""
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(self.business.time_zone)).astimezone(UTC)

    def _number_free_at(self, ask: Ask) -> datetime | None:
        """When the number may ring again after another business of the installation had it called, or they called us.

        A call of theirs is no attempt of ours, but nobody is rung the day after it who did not ask for that; nor is a number
        tried twice on one day which the carrier failed to connect.
        The three calls in thirty days of 47 CFR 64.1200(a)(3)(iii) need no count of others': they are those to a home line
        without consent, and without consent nobody is called at all.
        """
        recent = list(self.history.others[ask.to]) if ask.to else []
        if ask.customer_id is not None and self._callback(ask)[0] is None:
            recent += [event.at for event in self.history.calls_in[ask.customer_id]]
        # Only dates count: nobody learns at what hour the other call was.
        zone, gap = ZoneInfo(self.business.time_zone), timedelta(days=RuleBook.load().house.min_gap_days)
        days = [at.astimezone(zone).date() + gap for at in recent]
        if (failed := self.history.failed.get(ask.to)) is not None:
            days.append(failed.astimezone(zone).date() + timedelta(days=1))
        free = datetime.combine(max(days), time(), zone).astimezone(UTC) if days else None
        return free if free is not None and free > ask.at else None


def _line_type(line: LineKnown | None, consents: list[Consent], number: str) -> gate.LineType:
    """The carrier's word goes before what somebody wrote beside a consent; without either it is unknown."""
    if line is not None and line.kind != line_types.UNKNOWN:
        return gate.LineType(line.kind)
    said = next((consent.line_type for consent in consents if consent.number == number), "unknown")
    return gate.LineType(said) if said in set(gate.LineType) else gate.LineType.UNKNOWN


def _ringing_until(attempt: Attempt, ask: Ask) -> datetime:
    """Up to when what was read must be fresh: whoever answers hears of it then, and is not hung up on for books that aged."""
    return (attempt.dialing_at or ask.at) + MAY_RING_FOR


def _stale(invoice: Invoice, moment: datetime | None) -> bool:
    """The books cannot be read, or (for a call about to be made) at that moment this invoice was read too long ago."""
    if invoice.connection.state != Connection.State.CONNECTED:
        return True
    return moment is not None and moment - invoice.read_at > timedelta(minutes=settings.FRESH_FOR_MINUTES)


def _no_email(ask: Ask, suppressions: Sequence[Suppression]) -> bool:
    """He ended our e-mails about money on his page; a call is another matter."""
    return ask.channel == Channel.EMAIL and any(one.kind == StopKind.NO_EMAIL for one in suppressions)


def _binds(hold: Hold, ask: Ask, customer: Customer, invoice: Invoice) -> bool:
    """On this invoice, this customer, this number, or all of the business."""
    if hold.invoice_id is not None:
        return hold.invoice_id == invoice.pk
    if hold.customer_id is not None:
        return hold.customer_id == customer.pk
    return hold.number in ("", ask.to)


def _is_backlog(invoice: Invoice) -> bool:
    """It was old already when the books were connected: never called unless the owner said so."""
    return invoice.backlog_choice != Invoice.Backlog.CALL and was_old(invoice)


def was_old(invoice: Invoice) -> bool:
    """More than 90 days past due on the day its books were connected."""
    connected_on = invoice.connection.connected_at.date()
    return invoice.due_on is not None and (connected_on - invoice.due_on).days > BACKLOG_DAYS


def _owner_decided(invoices: Collection[UUID]) -> set[UUID]:
    wanted = FinalChoice.objects.filter(invoice__in=list(invoices), choice=FinalChoice.Choice.LETTER)
    return set(wanted.values_list("invoice_id", flat=True))


def _invoices(wanted: Collection[UUID], customers: Mapping[UUID, Customer]) -> dict[UUID, Invoice]:
    """With their customers and their books beside them, each of which is read once."""
    found = {invoice.pk: invoice for invoice in _INVOICES(invoices=wanted)}
    books = {one.pk: one for one in _BOOKS(connections={invoice.connection_id for invoice in found.values()})}
    for invoice in found.values():
        invoice.connection = books[invoice.connection_id]
        if invoice.customer_id in customers:
            invoice.customer = customers[invoice.customer_id]
    return found


def _consents(customers: Collection[UUID]) -> Mapping[UUID, list[Consent]]:
    found: dict[UUID, list[Consent]] = defaultdict(list)
    for consent in _CONSENTS(customers=customers):
        found[consent.customer_id].append(consent)
    return found


def _unproved(invoices: Mapping[UUID, Invoice], customers: Mapping[UUID, Customer], business: Business) -> set[UUID]:
    """Invoices a consumer disputed in writing within the notice's period, and of which he was not sent the proof since.

    While the dispute is live it speaks for itself; this outlives its end. At most three queries, none for businesses.
    """
    for_others = role() is gate.Role.THIRD_PARTY
    owed = {
        i.pk
        for i in invoices.values()
        if (c := customers.get(i.customer_id)) and verification.owes_proof(c, for_others=for_others)
    }
    written = (
        ClaimOn.objects.filter(dispute__invoice_id__in=owed, claim__in=Claim.objects.filter(Claim.IN_WRITING))
        .exclude(dispute__closed_at=None)
        .values_list("dispute__invoice_id", "claim__said_at")
    )
    rows = list(written) if owed else []
    asked = {  # as the database has it, which goes by nothing else
        i.pk: i.proof_owed_at
        for i in invoices.values()
        if i.proof_owed_at is not None
        and i.frozen_at is None
        and i.customer_id in customers
        and customers[i.customer_id].kind != Customer.Kind.BUSINESS
    }
    if not rows and not asked:
        return set()
    concerned = {pk for pk, _said in rows}
    periods = dict(notices.sent_notices(concerned).values_list("invoice_id", "period_ends_on")) if rows else {}
    sent, zone = verification.sent_since(concerned | asked.keys()), ZoneInfo(business.time_zone)
    within = [(pk, said) for pk, said in rows if pk not in periods or said.astimezone(zone).date() <= periods[pk]]
    return {pk for pk, said in [*within, *asked.items()] if pk not in sent or sent[pk] < said}


def _disputed_in_writing(disputes: Sequence[Dispute]) -> set[UUID]:
    if not disputes:
        return set()
    written = Claim.objects.filter(Claim.IN_WRITING)
    links = ClaimOn.objects.filter(dispute__in=[d.pk for d in disputes], claim__in=written)
    return set(links.values_list("dispute_id", flat=True))


def _to_check(
    invoices: Mapping[UUID, Invoice],
    business: Business,
    customers: Mapping[UUID, Customer],
    related: Sequence[Sequence[Customer]],
) -> dict[UUID, set[Reason]]:
    """Why the owner is to look first, and has not yet."""
    found = open_findings(list(invoices.values()), business=business, customers=customers, related=related)
    return {pk: {one.reason for one in reasons} for pk, reasons in found.items()}
