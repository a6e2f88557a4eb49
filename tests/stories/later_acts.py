"""The rest of what may happen to a disputed bill: plans, the plain question, last steps, cards, banks, texts, a lawyer."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Sum
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from billing.models import Recovery
from billing.services import look_for_recoveries
from calls.models import Attempt
from disputes import attorneys, inbound_texts
from disputes.customer_acts import answer
from disputes.last_steps import Choice, answer_offer, choose
from disputes.mail_models import InboundMail
from disputes.models import Chargeback, Dispute, LastStep
from disputes.resolving import Plan, begin, first_payment_on, may_ask_plainly
from integrations.stripe.simulator import AVAS_ACCOUNT
from invoices import plans
from invoices.models import CardPayment, Checkout, Customer, Installment, Invoice, PaymentPlan
from invoices.plan_rules import split
from notifications.models import Message
from syntharra import clock, due
from tests.invoices.card_desk import Processor, hear, takes_cards
from tests.invoices.card_desk import begin as asks_to_pay
from tests.stories.dispute_machine import CENTS, Case

OBJECTS = "The work was done badly and I will not pay this bill."
SAYS = "Good morning, what are your opening hours?"
WRONG = st.sampled_from(["product_unacceptable", "fraudulent", "insufficient_funds"])


class WholeCase(Case):
    """With the processor of its cards beside the books."""

    processor: ClassVar[Processor]

    def __init__(self) -> None:
        super().__init__()
        self.came: dict[str, datetime] = {}  # money in the books: since when
        self.heard = 0  # of the processor's events

    @initialize()
    def takes_cards(self) -> None:
        self.processor.ask("reset")
        self.processor.ask("connections", account=AVAS_ACCOUNT)
        self.heard = len(self.processor.events())
        assert self.books.firm is not None
        takes_cards(self.books.firm)

    def state(self) -> tuple[Any, ...]:
        return (
            *super().state(),
            *PaymentPlan.objects.order_by("pk").values_list("pk", "status"),
            *Installment.objects.order_by("pk").values_list("pk", "status"),
            *LastStep.objects.order_by("pk").values_list("pk", "answer"),
            *CardPayment.objects.order_by("pk").values_list("pk", "status", "withdrawn"),
            *Checkout.objects.order_by("pk").values_list("pk", "status"),
            *Chargeback.objects.order_by("pk").values_list("pk", "status"),
            *Customer.objects.order_by("pk").values_list("pk", "attorney_email"),
        )

    # payment plans

    def parts(self, total: Decimal, count: int, first: int) -> Any:
        on = clock.today("America/New_York") + timedelta(days=first)
        return tuple(split(total, "USD", count=count, every="week", first_on=on, down=Decimal(0), down_on=on))

    @precondition(lambda self: not PaymentPlan.objects.filter(status="running").exists())
    @rule(count=st.integers(1, 3), first=st.integers(0, 6), both=st.booleans(), killed=st.booleans())
    def agrees_on_a_plan(self, count: int, first: int, both: bool, killed: bool) -> None:
        about = [Invoice.objects.get(external_id=one) for one in (self.externals if both else self.externals[:1])]
        total = sum((one.balance for one in about), Decimal(0))
        if total > 1:
            ids, parts = [one.pk for one in about], self.parts(total, count, first)
            self.does(lambda: plans.agree(*ids, parts=parts, how="Ana, on the phone", by=self.owner), killed=killed)

    @precondition(lambda self: self.live() is not None)
    @rule(count=st.integers(1, 3), by_manager=st.booleans(), killed=st.booleans())
    def ends_it_by_a_plan(self, count: int, by_manager: bool, killed: bool) -> None:
        live, invoice = self.live(), self.invoice
        assert live is not None
        if invoice.balance <= 1:
            return
        first = (first_payment_on(invoice) - clock.today("America/New_York")).days
        plan = Plan(kind="plan", parts=self.parts(invoice.balance, count, first), words="Ana, on the phone")
        self.does(lambda: begin(live.pk, plan, by=self.manager if by_manager else self.owner), killed=killed)

    @precondition(lambda self: PaymentPlan.objects.filter(status="running").exists())
    @rule(killed=st.booleans())
    def firm_ends_the_plan(self, killed: bool) -> None:
        plan = PaymentPlan.objects.get(status="running")
        self.does(lambda: plans.end(plan.pk, by=self.owner, why="he has sold his house"), killed=killed)

    @precondition(lambda self: PaymentPlan.objects.filter(status="running").exists())
    @rule()
    def pays_an_installment(self) -> None:
        row = Installment.objects.filter(plan__status="running").exclude(status="paid").order_by("position").first()
        if row is not None:
            self.pays(row.amount)
            self.read()
            plans.look()

    # the plain question, and after they did not agree

    @rule()
    def they_do_not_agree(self) -> None:
        """The long way to the last steps at once, as far as it can be gone from here."""
        self.says_it_is_wrong(source="page", killed=False, which=0)
        self.begins_an_end(kind="bill_stands", amount=Decimal(1), by_manager=False, killed=False)
        if self.running() is not None:
            self.answers(said="objects", killed=False)

    @rule()
    def never_says_what_is_wrong(self) -> None:
        """Asked for a week, and no word: then they may be asked plainly."""
        self.says_it_is_wrong(source="call", killed=False, which=0)
        self.forward(timedelta(days=8, hours=2))
        live = self.live()
        if live is not None and may_ask_plainly(live):
            self.asks_plainly(killed=True)

    @precondition(lambda self: (found := self.live()) is not None and may_ask_plainly(found))
    @rule(killed=st.booleans())
    def asks_plainly(self, killed: bool) -> None:
        live = self.live()
        assert live is not None
        self.does(lambda: begin(live.pk, Plan(kind="plain_question"), by=self.owner), killed=killed)

    @precondition(lambda self: (found := self.running()) is not None and found.kind == "plain_question")
    @rule(said=st.sampled_from(["right", "wrong"]), killed=st.booleans())
    def answers_plainly(self, said: str, killed: bool) -> None:
        running = self.running()
        assert running is not None
        self.does(lambda: answer(running.pk, said, name="Ana Reyes"), killed=killed)

    @precondition(lambda self: (found := self.last()) is not None and found.closed_as == "unresolved")
    @rule(
        kind=st.sampled_from(["statement", "offer", "offer", "leave", "mediation", "write_off"]),
        amount=CENTS,
        killed=st.booleans(),
    )
    def owner_takes_a_last_step(self, kind: str, amount: Decimal, killed: bool) -> None:
        last = self.last()
        assert last is not None
        choice = Choice(kind=kind, words="We stand by our work.", amount=amount if kind == "offer" else None)
        self.does(lambda: choose(last.pk, choice, by=self.owner), killed=killed)

    @precondition(lambda self: LastStep.objects.filter(kind="offer").exists())
    @rule(said=st.sampled_from(["accepted", "declined"]), killed=st.booleans())
    def answers_the_last_offer(self, said: str, killed: bool) -> None:
        step = LastStep.objects.filter(kind="offer").order_by("-at")[0]
        self.does(lambda: answer_offer(step.pk, said, name="Ana Reyes"), killed=killed)

    # cards and banks

    def hears(self) -> None:
        """What the processor tells of since; an event days old is nobody's news."""
        events = self.processor.events()
        new, self.heard = events[self.heard :], len(events)
        assert new
        hear(self.processor, *new)

    @rule(part=CENTS, whole=st.booleans(), anyway=st.booleans())
    def pays_by_card(self, part: Decimal, whole: bool, anyway: bool) -> None:
        self.read()
        Invoice.objects.filter(customer=self.customer).update(read_at=clock.now())
        invoice = self.invoice
        amount = str(invoice.balance if whole else min(part, invoice.balance))
        made: list[Checkout] = []
        if self.does(lambda: made.append(asks_to_pay(invoice, amount=amount, anyway=anyway))):
            assert self.processor.pays(made[0]) == ""
            assert self.does(self.hears)

    @precondition(lambda self: CardPayment.objects.filter(chargebacks=None).exists())
    @rule(reason=WRONG)
    def his_bank_takes_it_back(self, reason: str) -> None:
        payment = CardPayment.objects.filter(chargebacks=None).order_by("seen_at")[0]
        self.processor.ask("disputes", payment_intent=payment.intent, reason=reason)
        assert self.does(self.hears)

    @precondition(lambda self: Chargeback.objects.filter(closed_at=None).exists())
    @rule(won=st.booleans())
    def the_bank_decides(self, won: bool) -> None:
        row = Chargeback.objects.filter(closed_at=None).order_by("opened_at")[0]
        self.processor.ask("closings", dispute=row.external_id, won=won)
        assert self.does(self.hears)

    # texts, and a lawyer

    @rule(objects=st.booleans())
    def texts(self, objects: bool) -> None:
        self.words += 1
        phone = self.customer.contacts.exclude(phone="").order_by("pk").values_list("phone", flat=True)[0]
        words = OBJECTS if objects else SAYS

        def comes() -> None:
            kept = inbound_texts.keep(sid=f"SM{self.words}", sender=phone, line="+16145550199", body=words)
            inbound_texts.act(InboundMail.objects.select_related("customer", "message", "hold").get(pk=kept.pk))

        assert self.does(comes)

    @precondition(lambda self: self.lawyer_since is None)
    @rule()
    def has_a_lawyer(self) -> None:
        def enters() -> None:
            attorneys.enter(self.customer.pk, name="Lee Ortiz", email="lee@ortiz.example", by=self.owner)

        assert self.does(enters)
        self.lawyer_since = clock.now()

    # the clock

    @rule(amount=CENTS)
    def pays(self, amount: Decimal) -> None:
        before = len(self.payments)
        super().pays(amount)
        for external_id in self.payments[before:]:
            self.came[external_id] = clock.now()

    def sweep(self) -> None:
        super().sweep()
        waiting = due.rows(plans.DUE)
        if waiting:
            self.read()
            Invoice.objects.filter(customer=self.customer).update(read_at=clock.now())
        for pk in waiting:
            plans.look_at(pk)
        look_for_recoveries()

    # what must never be false

    def nobody_was_asked_about_what_was_silent(self) -> None:
        super().nobody_was_asked_about_what_was_silent()
        notices = Message.objects.filter(letter="plan_missed").exclude(sent_at=None)
        for plan_id, sent in notices.values_list("facts__plan", "sent_at"):
            about = set(Invoice.objects.filter(plan_links__plan=UUID(plan_id)).values_list("pk", flat=True))
            for opened, closed in Dispute.objects.filter(invoice__in=about).values_list("opened_at", "closed_at"):
                assert sent is not None
                assert sent <= opened or (closed is not None and sent >= closed), "noticed while it is disputed"
        if self.lawyer_since is not None:
            rung = Attempt.objects.filter(purpose="collect", dialing_at__gt=self.lawyer_since)
            written = Message.objects.filter(purpose="collect", sent_at__gt=self.lawyer_since)
            assert not rung.exists(), "rung although a lawyer acts for him"
            assert not written.exists(), "written to although a lawyer acts for him"
        self.no_fee_on_what_came_meanwhile()

    def no_fee_on_what_came_meanwhile(self) -> None:
        with_fee = Recovery.objects.annotate(fee=Sum("fee_lines__amount")).filter(fee__gt=0)
        for one in with_fee.select_related("allocation__payment", "allocation__card_payment"):
            card, payment = one.allocation.card_payment, one.allocation.payment
            at = card.seen_at if card is not None else self.came.get(payment.external_id)
            for opened, closed in Dispute.objects.filter(invoice=one.invoice_id).values_list("opened_at", "closed_at"):
                meanwhile = at is not None and opened <= at and (closed is None or at < closed)
                assert not meanwhile, "a fee on what came while it was disputed"
