"""A case lived at random: owner, customer, agent, books, clock and crashes act in any order; what must never be false is asked after each.

Everything goes through the real services against one vendor's simulator over HTTP. Time moves forward only, a due moment at
a time, with the sweeps run at each; an act may be killed before its commit and is then done again.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts import timeline
from accounts.models import ActivityLine, Role, User
from calls.acts import Scene, carry_out
from calls.agent import acts as agent
from calls.dialing import decide, take_note
from calls.locks import hold_attempt
from calls.models import Attempt, Call
from calls.outcomes import finish
from calls.planning import plan as plan_calls
from compliance.models import Consent
from disputes import books as moved
from disputes import course, digest, posts
from disputes.clock_facts import tracks
from disputes.clocks import State, clocks
from disputes.customer_acts import answer, drop
from disputes.ending import ClosedAlready, NotProved
from disputes.freeze import NewClaim
from disputes.hearing.labels import Reason
from disputes.models import BooksMoved, Dispute, Resolution
from disputes.resolving import DUE, CannotResolve, Plan, begin, confirm, take_back
from disputes.services import CannotRelease, answer_for_others, open_dispute, pause, release, settle_pause
from disputes.specifying import Answers, CannotSpecify, send
from integrations.twilio.client import CarrierCall
from invoices import entries
from invoices.entries import NotWritable
from invoices.models import BookEntry, Contact, Customer, Hold, Invoice
from invoices.paying import CannotPay
from invoices.plans import CannotPlan
from invoices.sync import sync
from notifications import outbox
from notifications.models import Message
from syntharra import clock, due
from syntharra.models import Due
from tests.cast import make_member
from tests.contracts.rigs import Rig, money

MONDAY = datetime(2026, 9, 14, 14, 0, tzinfo=UTC)
REFUSALS = (
    CannotResolve, CannotRelease, CannotSpecify, ClosedAlready, NotProved, NotWritable, CannotPlan, CannotPay
)  # fmt: skip
NEW_YORK = ZoneInfo("America/New_York")
TOTAL = Decimal("796.00")
MOMENTS = 2_000  # as many due ones may lie on the way; never may one be jumped over
CENTS = st.integers(1, 90_000).map(lambda cents: Decimal(cents) / 100)


class Killed(Exception):
    """The worker died here."""


def around() -> transaction.Atomic:
    """A transaction around acts that are one themselves, as a test's is."""
    found = transaction.atomic()
    found._from_testcase = True  # type: ignore[attr-defined]
    return found


class Case(RuleBasedStateMachine):
    """``books`` is connected and read once; every example begins there, with a new customer, and is rolled back."""

    books: ClassVar[Rig]
    names: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        # Time stands still while an act or a sweep works: how fast the machine is must not decide what is due in it.
        self._traveller = time_machine.travel(MONDAY, tick=False)
        self._time = self._traveller.start()
        self._savepoint = around()
        self._savepoint.__enter__()
        mail.outbox.clear()
        self.turn = 0
        self.credits: list[str] = []
        self.payments: list[str] = []
        self.by_owner = Decimal(0)  # credited by hand in the books on the first invoice, and still applied
        self.silences: list[tuple[UUID, datetime]] = []  # pauses: from when
        self.pauses_over: dict[UUID, datetime] = {}
        self.closed: set[UUID] = set()
        self.words = 0
        self.lawyer_since: datetime | None = None

    def teardown(self) -> None:
        try:
            if hasattr(self, "customer"):
                timeline.seal_within()
                assert timeline.verify() == ActivityLine.objects.count()
        finally:
            transaction.set_rollback(True)
            self._savepoint.__exit__(None, None, None)
            self._traveller.stop()
            self.books.sim.clear_faults()

    # the cast

    @initialize(kind=st.sampled_from(["business", "consumer"]), address=st.sampled_from([True, True, True, False]))
    def begins(self, kind: str, address: bool) -> None:
        assert self.books.firm is not None
        Case.names += 1
        self.firm = self.books.firm
        self.owner: User = self.firm.owner
        self.manager = make_member(self.firm, f"max{Case.names}@avasplumbing.example", Role.MANAGER)
        email = f"ap{Case.names}@harborcafe.example" if address else ""
        # Their own numbers: what comes from them by text is theirs and nobody else's.
        phones = {"work": f"(614) 555-{1000 + Case.names}", "mobile": f"614-555-{3000 + Case.names}"}
        self.theirs = self.books.a_customer(name=f"Harbor Cafe {Case.names}", email=email, phones=phones)
        due_on = (MONDAY.date() - timedelta(days=10)).isoformat()
        issued_on = (MONDAY.date() - timedelta(days=40)).isoformat()
        self.externals = [
            self.books.an_invoice(self.theirs, str(amount), due_on=due_on, issued_on=issued_on, sent=True)
            for amount in (TOTAL, Decimal("120.00"))
        ]
        self.read()
        self.customer = Customer.objects.get(external_id=self.theirs)
        Customer.objects.filter(pk=self.customer.pk).update(kind=kind, state="US-OH", zip="43215")
        contact = self.customer.contacts.filter(role=Contact.Role.BILLING).exclude(phone="").first()
        if contact is not None:
            Consent.objects.create(
                customer=self.customer, number=contact.phone, basis="on the work order", given_by="Ana",
                given_on=MONDAY.date(), attested_by=self.owner.email, line_type="landline",
            )  # fmt: skip

    def read(self) -> None:
        run = sync(self.books.again().pk)
        assert run is None or (run.status, run.problem) == ("done", ""), (run.status, run.problem)
        moved.look()

    # what is there

    @property
    def invoice(self) -> Invoice:
        return Invoice.objects.get(external_id=self.externals[0])

    def live(self) -> Dispute | None:
        return Dispute.objects.live().filter(invoice__external_id=self.externals[0]).first()

    def last(self) -> Dispute | None:
        return Dispute.objects.filter(invoice__external_id=self.externals[0]).order_by("-opened_at").first()

    def running(self) -> Resolution | None:
        return Resolution.objects.open().filter(dispute__invoice__external_id=self.externals[0]).first()

    def truth(self) -> dict[str, Any]:
        return {pk: one for pk, one in self.books.truth().items() if one["customer"] == self.theirs}

    def state(self) -> tuple[Any, ...]:
        """What an act may change, as far as it counts."""
        mine = Invoice.objects.filter(customer=self.customer)
        return (
            *mine.order_by("pk").values_list(
                "pk", "frozen_at", "paused_reason", "left_reason", "balance", "books_status"
            ),
            *Dispute.objects.order_by("pk").values_list("pk", "status", "agreed_balance", "decide_by", "kind"),
            *Resolution.objects.order_by("pk").values_list("pk", "status", "step", "answer"),
            *BookEntry.objects.order_by("pk").values_list("pk", "status"),
            *BooksMoved.objects.order_by("pk").values_list("pk", "answer"),
            *Message.objects.order_by("pk").values_list("pk", "status"),
            *Hold.objects.order_by("pk").values_list("pk", "lifted_at"),
        )

    def does(self, act: Callable[[], Any], *, killed: bool = False) -> bool:
        """Do it; refused acts change nothing, done ones stand on the timeline. ``killed``: once before its commit, then anew."""
        before, lines = self.state(), ActivityLine.objects.count()
        if killed:
            try:
                with around():
                    act()
                    raise Killed
            except (Killed, *REFUSALS):
                pass
            assert self.state() == before
        try:
            with around():
                act()
                connection.check_constraints()
        except REFUSALS:
            assert (self.state(), ActivityLine.objects.count()) == (before, lines)
            return False
        if self.state() != before:
            assert ActivityLine.objects.count() > lines, act
        return True

    # owner

    @rule(
        source=st.sampled_from(["member", "call", "page", "email"]),
        killed=st.booleans(),
        which=st.sampled_from([0, 0, 0, 1]),
    )
    def says_it_is_wrong(self, source: str, killed: bool, which: int) -> None:
        self.words += 1
        claim = NewClaim(
            source=source, source_key=f"k{self.words}", words="The roof still leaks", reason="quality", by="Ana"
        )
        invoice = Invoice.objects.get(external_id=self.externals[which])
        assert self.does(lambda: open_dispute(invoice.pk, claim=claim), killed=killed)

    @precondition(lambda self: self.live() is not None)
    @rule(killed=st.booleans())
    def false_alarm(self, killed: bool) -> None:
        live = self.live()
        assert live is not None
        self.does(lambda: release(live.pk, by=self.owner, reason="He meant another firm"), killed=killed)

    @precondition(lambda self: self.last() is not None)
    @rule(
        kind=st.sampled_from(
            ["credit_memo", "credit_memo", "settlement", "settlement", "revised_invoice", "bill_stands", "rework",
             "write_off", "mediation", "small_claims", "dropped"]
        ),
        amount=CENTS, by_manager=st.booleans(), killed=st.booleans(),
    )  # fmt: skip
    def begins_an_end(self, kind: str, amount: Decimal, by_manager: bool, killed: bool) -> None:
        last = self.last()
        assert last is not None
        amount = min(amount, max(self.invoice.balance - 1, Decimal(1))) if amount < 850 else amount
        plan = Plan(
            kind=kind, lowered_by=amount if kind == "credit_memo" else None,
            agreed=amount if kind in ("settlement", "revised_invoice") else None, words="As on the signed order.",
            visit_on=clock.today("America/New_York") + timedelta(days=2) if kind == "rework" else None,
        )  # fmt: skip
        self.does(lambda: begin(last.pk, plan, by=self.manager if by_manager else self.owner), killed=killed)

    @precondition(lambda self: self.running() is not None)
    @rule(killed=st.booleans())
    def owner_confirms(self, killed: bool) -> None:
        running = self.running()
        assert running is not None
        self.does(lambda: confirm(running.pk, by=self.owner), killed=killed)

    @precondition(lambda self: self.running() is not None)
    @rule()
    def takes_it_back(self) -> None:
        running = self.running()
        assert running is not None
        self.does(lambda: take_back(running.pk, by=self.owner, why="not this way"))

    @precondition(lambda self: self.running() is not None and self.running().kind == "rework")
    @rule()
    def visit_is_done(self) -> None:
        running = self.running()
        assert running is not None
        self.does(lambda: course.visited(running.pk, by=self.owner))

    @precondition(lambda self: self.last() is not None)
    @rule(days=st.integers(1, 10))
    def needs_more_time(self, days: int) -> None:
        last = self.last()
        assert last is not None
        self.does(lambda: course.extend(last.pk, days=days, because="the roofer is away", by=self.owner))

    @precondition(lambda self: BooksMoved.objects.filter(answer="").exists())
    @rule(yes=st.booleans(), killed=st.booleans())
    def answers_the_card(self, yes: bool, killed: bool) -> None:
        card = BooksMoved.objects.filter(answer="").order_by("pk")[0]
        self.does(lambda: moved.answer(card.pk, yes=yes, by=self.owner), killed=killed)

    @precondition(lambda self: self.invoice.paused_reason != "")
    @rule()
    def ends_the_pause(self) -> None:
        invoice = self.invoice
        self.does(lambda: settle_pause(invoice.pk, by=self.owner, reason="He agrees after all"))
        self.pauses_over[invoice.pk] = clock.now()
        self.silences = [one for one in self.silences if one[0] != invoice.pk]

    @precondition(lambda self: self.live() is not None)
    @rule(go_on=st.booleans())
    def says_about_the_others(self, go_on: bool) -> None:
        live = self.live()
        assert live is not None
        self.does(lambda: answer_for_others(live.pk, go_on=go_on, by=self.owner))

    @precondition(lambda self: BookEntry.objects.filter(status="by_hand").exists())
    @rule()
    def ticks_what_he_did_by_hand(self) -> None:
        entry = BookEntry.objects.filter(status="by_hand").order_by("pk")[0]
        self.does(lambda: entries.tick(entry.pk, by=self.owner))

    @precondition(lambda self: self.live() is not None)
    @rule()
    def firm_writes(self) -> None:
        live = self.live()
        assert live is not None
        self.does(lambda: posts.firm_writes(live.pk, "We look into it.", by=self.owner))

    # customer

    @precondition(lambda self: self.last() is not None)
    @rule(kind=st.sampled_from(["scope", "amount", "quality"]), amount=st.none() | CENTS, killed=st.booleans())
    def says_what_is_wrong(self, kind: str, amount: Decimal | None, killed: bool) -> None:
        last = self.last()
        assert last is not None
        about = {} if amount is None else {"about": "amount", "amount": amount}
        given = Answers(kind=kind, words="It drips at the joint", **about)  # type: ignore[arg-type]
        self.does(lambda: send(last.pk, given, by="Ana Reyes"), killed=killed)

    @precondition(lambda self: self.running() is not None)
    @rule(
        said=st.sampled_from(["accepted", "declined", "agrees", "objects", "happy", "not_happy"]), killed=st.booleans()
    )
    def answers(self, said: str, killed: bool) -> None:
        running = self.running()
        assert running is not None
        fitting = {
            "settlement": ("accepted", "declined"),
            "bill_stands": ("agrees", "objects"),
            "rework": ("happy", "not_happy"),
        }
        said = fitting.get(running.kind, (said, said))[said in ("declined", "objects", "not_happy")]
        self.does(lambda: answer(running.pk, said, name="Ana Reyes"), killed=killed)

    @precondition(lambda self: self.last() is not None)
    @rule(killed=st.booleans())
    def drops_it(self, killed: bool) -> None:
        last = self.last()
        assert last is not None
        self.does(lambda: drop(last.pk, name="Ana Reyes", source="page"), killed=killed)

    @precondition(lambda self: self.last() is not None)
    @rule()
    def writes(self) -> None:
        last = self.last()
        assert last is not None
        self.does(lambda: posts.customer_writes(last.pk, "Any news?", by="Ana Reyes"))

    # agent

    @rule(why=st.sampled_from(["unsure", "already_paid"]))
    def agent_pauses(self, why: str) -> None:
        self.words += 1
        invoice = self.invoice
        if invoice.frozen_at is None and invoice.paused_reason != why:
            assert self.does(lambda: pause(invoice.pk, why=why, words="hm", source_key=f"c{self.words}", by="agent"))
            self.silences.append((invoice.pk, clock.now()))

    @rule(outcome=st.sampled_from(["no_answer", "no_answer", "dispute", "link", "promise", "paid"]))
    def calls(self, outcome: str) -> None:
        """What is planned is dialed, as the gate allows it; on the line this happens."""
        plan_calls(self.firm.business.pk)
        for attempt in Attempt.objects.filter(status="planned", customer=self.customer):
            if attempt.planned_for > clock.now() + timedelta(days=8):
                continue
            self.forward(max(attempt.planned_for - clock.now(), timedelta(0)))
            self.read()
            Invoice.objects.filter(customer=self.customer).update(read_at=clock.now())
            if not decide(attempt.pk):
                continue
            self.was_rung(attempt, outcome)

    def was_rung(self, attempt: Attempt, outcome: str) -> None:
        about = list(Invoice.objects.filter(attempt_links__attempt=attempt, attempt_links__dropped_at=None))
        assert about
        for invoice in about:
            assert (invoice.frozen_at, invoice.paused_reason) == (None, ""), "rung about what is silent"
        sid = f"CA{attempt.pk.hex}"
        to = attempt.to
        take_note(attempt.pk, CarrierCall(sid=sid, status="queued", to=to, caller="+16145550100", created_at=None))
        call = Call.objects.get(attempt=attempt)
        if outcome == "no_answer":
            finish(attempt.pk, "no_answer")
            return
        Call.objects.filter(pk=call.pk).update(status="in-progress", answered_at=clock.now(), right_party=True)
        hold_attempt(attempt.pk).move(Attempt.Status.LIVE)
        scene, usd = Scene(line_id=attempt.pk, call_id=call.pk), about[0].balance_money
        said: dict[str, list[Any]] = {
            "dispute": [agent.Freeze(Reason.QUALITY, "it leaks", ())],
            "link": [agent.SendLink("email")],
            "promise": [
                agent.Promise(clock.today("America/New_York") + timedelta(days=5), usd, agent.HowPaid.CHECK, "ok")
            ],
            "paid": [agent.AlreadyPaid(agent.HowPaid.CHECK, None, "paid on Friday"), agent.SendLink("email")],
        }
        carry_out(scene, said[outcome])
        ends = {"dispute": "dispute", "link": "pay_now", "promise": "promise_to_pay", "paid": "already_paid"}
        finish(attempt.pk, ends[outcome])
        for paused in Invoice.objects.filter(customer=self.customer).exclude(paused_reason=""):
            if paused.pk not in {pk for pk, _ in self.silences}:
                self.silences.append((paused.pk, clock.now()))

    # books

    @rule(amount=CENTS)
    def owner_credits_it_in_the_books(self, amount: Decimal) -> None:
        found = self.truth()[self.externals[0]]
        amount = min(amount, money(found["balance"]))
        if found["status"] != "open" or amount <= 0:
            return
        credit = self.books.act("add_credit", customer=self.theirs, total=str(amount))
        self.books.act("apply_credit", id=str(credit["id"]), invoice=self.externals[0], amount=str(amount))
        self.credits.append(str(credit["id"]))

    @precondition(lambda self: self.credits)
    @rule()
    def owner_takes_a_credit_back(self) -> None:
        self.books.act("void_credit", id=self.credits.pop())

    @rule(amount=CENTS)
    def pays(self, amount: Decimal) -> None:
        found = self.truth()[self.externals[0]]
        amount = min(amount, money(found["balance"]))
        if found["status"] != "open" or amount <= 0:
            return
        paid = self.books.act("pay", customer=self.theirs, amount=str(amount), applied={self.externals[0]: str(amount)})
        self.payments.append(str(paid["id"]))

    @precondition(lambda self: self.payments)
    @rule()
    def a_payment_bounces(self) -> None:
        self.books.act("reverse_payment", id=self.payments.pop())

    @rule(verb=st.sampled_from(["void_invoice", "write_off"]))
    def owner_clears_it_in_the_books(self, verb: str) -> None:
        found = self.truth()[self.externals[0]]
        untouched = money(found["balance"]) == money(found["total"])
        if found["status"] == "open" and (verb == "write_off" or untouched):
            self.books.act(verb, id=self.externals[0])

    @rule(more=CENTS)
    def a_late_fee_is_added(self, more: Decimal) -> None:
        found = self.truth()[self.externals[0]]
        if found["status"] == "open":
            price = str(money(found["total"]) + more)
            line = {"description": "Water heater replacement", "quantity": "1", "price": price, "item": ""}
            self.books.act("change_invoice", id=self.externals[0], lines=[line])

    @rule()
    def books_are_read(self) -> None:
        self._time.shift(timedelta(minutes=6))
        self.read()

    # clock and crashes

    @rule(hours=st.sampled_from([1, 5, 21, 30, 80, 24 * 8, 24 * 16]))
    def time_passes(self, hours: int) -> None:
        self.forward(timedelta(hours=hours))

    @rule()
    def an_answer_of_the_books_is_lost(self) -> None:
        """The vendor wrote it, and the worker never heard: asked again it is found, not written twice."""
        self.books.strike({"kind": "drop-answer"}, after=True, times=1, method="POST")
        outbox.work()
        self.books.sim.clear_faults()

    def forward(self, by: timedelta) -> None:
        """To that moment, stopping at whatever is due on the way, as the sweeps of every minute would."""
        until = clock.now() + by
        for _ in range(MOMENTS):
            swept = clock.now()
            self.sweep()
            # What this sweep itself made due at once is the next one's.
            ahead = Due.objects.filter(business_id=self.firm.business.pk, due_at__gte=swept, due_at__lte=until)
            soonest = ahead.order_by("due_at").values_list("due_at", flat=True).first()
            if soonest is None:
                break
            self._time.shift(max(soonest - clock.now(), timedelta(0)) + timedelta(seconds=1))
        else:
            raise AssertionError(f"more than {MOMENTS} due moments in {by}: something asks for itself again and again")
        self._time.shift(max(until - clock.now(), timedelta(0)))
        self.sweep()

    def sweep(self) -> None:
        outbox.work()
        moved.look()
        for kind, act in ((DUE, course.take_its_course), (moved.DUE, moved.take_its_course)):
            for pk in due.rows(kind):
                act(pk)
        if due.rows(digest.KIND):
            digest.send_digest(self.firm.business)
            outbox.work()

    # what must never be false

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "customer"):
            return
        self._time.shift(timedelta(seconds=1))
        connection.check_constraints()
        self.nobody_was_asked_about_what_was_silent()
        self.what_ended_is_proved()
        self.nothing_is_asked_for_that_was_not_agreed()
        self.clocks_are_told_as_they_are()
        self.nothing_was_written_twice()
        self.letters_make_sense()

    def nobody_was_asked_about_what_was_silent(self) -> None:
        asked = [
            *Attempt.objects.filter(purpose="collect")
            .exclude(dialing_at=None)
            .values_list("about__invoice", "dialing_at"),
            *Message.objects.filter(purpose="collect").exclude(sent_at=None).values_list("about__invoice", "sent_at"),
        ]
        for opened, closed, invoice in Dispute.objects.values_list("opened_at", "closed_at", "invoice"):
            mine = [at for about, at in asked if about == invoice and at is not None]
            late = [at for at in mine if opened < at and (closed is None or at < closed)]
            assert late == [], "asked about a disputed invoice"
        for invoice, since in self.silences:
            late = [at for about, at in asked if about == invoice and at is not None and at > since]
            assert late == [], "asked about a paused invoice"

    def what_ended_is_proved(self) -> None:
        for dispute in Dispute.objects.exclude(closed_at=None).exclude(pk__in=self.closed).select_related("invoice"):
            self.closed.add(dispute.pk)
            invoice = dispute.invoice.replaced_by.order_by("-pk").first() or dispute.invoice
            if dispute.agreed_balance is not None:
                assert invoice.balance == dispute.agreed_balance, "resumed on what the books do not show"
            if dispute.collect_again_on is not None:
                assert dispute.agreed_balance is not None
                assert dispute.closed_at is not None
                assert dispute.agreed_balance > 0
                assert dispute.collect_again_on > dispute.closed_at.astimezone(NEW_YORK).date() + timedelta(days=3)
            for done in dispute.resolutions.filter(status="done", kind__in=("credit_memo", "settlement")):
                if done.lowered_by is not None and done.agreed_balance is not None:
                    assert done.lowered_by + done.agreed_balance == done.balance_before

    def nothing_is_asked_for_that_was_not_agreed(self) -> None:
        """Once disputed: collectable only after a false alarm, or on what was agreed, or less, after the grace."""
        today: date = clock.today("America/New_York")
        for invoice in Invoice.objects.collectable(on=today).filter(customer=self.customer):
            chain = [invoice.pk, *Invoice.objects.filter(replaced_by=invoice).values_list("pk", flat=True)]
            last = Dispute.objects.filter(invoice__in=chain).order_by("-opened_at").first()
            if last is None or last.closed_as == "false_alarm":
                continue
            assert last.closed_at is not None, "collectable while disputed"
            assert last.agreed_balance is not None, f"collectable after it ended as {last.closed_as}"
            assert invoice.balance <= last.agreed_balance, f"{invoice.balance} asked for, {last.agreed_balance} agreed"
            assert last.collect_again_on is not None
            assert today >= last.collect_again_on, "collectable within the grace"

    def clocks_are_told_as_they_are(self) -> None:
        now = clock.now()
        mine = list(Dispute.objects.filter(customer=self.customer).select_related("invoice"))
        for dispute, track in zip(mine, (tracks(mine, "America/New_York")[one.pk] for one in mine), strict=True):
            for one in clocks(track, now):
                if one.met_at is not None:
                    assert (
                        one.state == (State.MET if one.met_at <= one.limit else State.LATE) or one.state == State.OVER
                    )
                elif now > one.limit and dispute.closed_at is None and one.legal is None:
                    assert one.state in (State.LATE, State.NOT_PERMITTED, State.NOT_POSSIBLE), one
            if self.lawyer_since is not None and self.lawyer_since > dispute.opened_at + timedelta(hours=24):
                continue  # what nobody had posted in time is owed to the lawyer anew: late, and shown so above
            if dispute.acknowledged_at is not None:
                assert dispute.acknowledged_at <= dispute.opened_at + timedelta(hours=24), (
                    "acknowledged too late",
                    dispute.opened_at,
                    dispute.acknowledged_at,
                    list(dispute.claims.values_list("source", "said_at")),
                    list(
                        Message.objects.filter(about__invoice=dispute.invoice, purpose="dispute").values_list(
                            "letter", "channel", "status", "owed_at", "due_at", "sent_at", "outcome"
                        )
                    ),
                )
            elif dispute.closed_at is None and now > dispute.opened_at + timedelta(hours=24, minutes=5):
                letters = Message.objects.filter(letter="dispute_acknowledgement", about__invoice=dispute.invoice)
                states = set(letters.values_list("status", flat=True))
                assert states & {"draft", "refused"}, f"nobody acknowledged it: {states}"

    def nothing_was_written_twice(self) -> None:
        """What the books show as credited is what we wrote and what the owner did, to the cent."""
        entries_done = BookEntry.objects.filter(act="lower", invoice__customer=self.customer)
        ours = {entry.external_id for entry in entries_done.filter(status="done")}
        assert len(ours) == entries_done.filter(status="done").count(), "two entries are one credit memo"

    def letters_make_sense(self) -> None:
        for letter in mail.outbox:
            assert "None" not in f"{letter.subject}\n{letter.body}", letter.body
