"""The scenes: an owner at his pages, customers at the other end of the line, and what the records say afterwards.

Everything that happens, happens through pages, vendors and the clock; the database is only read, for evidence.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
from django.db import close_old_connections

from accounts.models import Business
from calls.models import Attempt, Call
from compliance.models import Decision, StopEntry
from desk.story.browser import Browser
from desk.story.report import must, wait_until
from invoices.models import Invoice
from syntharra import clock
from syntharra.tenancy import acting_for

CALLED = frozenset(
    {"Beacon Books", "Harbor Cafe", "Nguyen Bakery", "Summit Fitness"}
)  # whose calls are looked at below
OBJECTION = re.compile(r"disput|leak", re.IGNORECASE)


class Stage:
    """Where the story plays: the installation's addresses, the owner's browser, his business."""

    def __init__(self, web: str, simulators: str) -> None:
        self.web, self.simulators = web.rstrip("/"), simulators.rstrip("/")
        self.owner = Browser(web)
        self.business: Business = Business.objects.get(name="Ava's Plumbing")
        self.zone = ZoneInfo(self.business.time_zone)

    def ask(self, path: str) -> Any:
        """What a simulator knows."""
        with httpx2.Client(timeout=30, trust_env=False) as client:
            answer = client.get(f"{self.simulators}/{path}")
            answer.raise_for_status()
            return answer.json()

    def tell(self, path: str, body: dict[str, Any]) -> Any:
        with httpx2.Client(timeout=30, trust_env=False) as client:
            answer = client.post(f"{self.simulators}/{path}", json=body)
            answer.raise_for_status()
            return answer.json()

    def invoice(self, number: str) -> Invoice:
        with acting_for(self.business.pk):
            return Invoice.objects.select_related("customer").get(number=number)

    def move_clock(self, to: str) -> datetime:
        """Press a button on the sandbox page; business time afterwards."""
        self.owner.post("/sandbox/clock/", page="/sandbox/", to=to)
        clock.reread()
        return clock.now()

    def letters(self, to: str) -> list[dict[str, Any]]:
        return list(self.ask(f"mailbox/_sim/letters?to={to}"))

    def lines(self, sid: str) -> list[dict[str, Any]]:
        """What was said on a call, as the carrier's end heard it: ``who`` (agent, person or line), ``text``, ``at``."""
        calls = self.ask("twilio/_sim/calls")["calls"]
        call = next(call for call in calls if call["sid"] == sid)
        return list(call["transcript"])


def connect(stage: Stage, said: dict[str, Any]) -> None:
    landed = stage.owner.connect_books("9341450000000001")
    with acting_for(stage.business.pk):
        connection = stage.business.connections.get()
    said |= {"company": connection.company, "state": connection.state, "landed_on": landed}
    must(connection.state == "connected", f"the connection is {connection.state}")


def sync(stage: Stage, said: dict[str, Any]) -> None:
    """Our rows equal the simulated books, to the cent."""

    def settled() -> bool:
        close_old_connections()
        with acting_for(stage.business.pk):
            return stage.business.connections.get().synced_at is not None

    wait_until(settled, within=60, what="the first sync")
    books = stage.ask("quickbooks/_sim/books/9341450000000001")["objects"]["Invoice"]
    theirs = {invoice["Id"]: Decimal(str(invoice["Balance"])) for invoice in books}
    with acting_for(stage.business.pk):
        ours = dict(Invoice.objects.values_list("external_id", "balance"))
        aside = list(stage.business.setasides.filter(cleared_at=None).values_list("label", "reason"))
    must(ours == theirs, f"{len(set(ours.items()) ^ set(theirs.items()))} balances differ from the books")
    said |= {"invoices": len(ours), "open": str(sum(ours.values())), "set_aside": aside}


def planned(stage: Stage, said: dict[str, Any]) -> None:
    def attempts() -> list[tuple[str, datetime]]:
        """Whoever the story speaks of. One whose books were just being read is planned by the next sweep, a minute later."""
        close_old_connections()
        with acting_for(stage.business.pk):
            found = list(Attempt.objects.order_by("planned_for").values_list("customer__name", "planned_for"))
        return found if {name for name, _ in found} >= CALLED else []

    found = wait_until(attempts, within=180, what="planned calls")
    early = stage.invoice("2243")
    must("Hillside Church" not in dict(found), "a customer one day late was planned")
    said |= {"calls": {name: at.isoformat() for name, at in found}, "not_yet": early.customer.name}


def refused_by_gate(stage: Stage, said: dict[str, Any]) -> None:
    def refusal() -> Decision | None:
        close_old_connections()
        with acting_for(stage.business.pk):
            return Decision.objects.filter(customer__name="Marta Diaz", decision="blocked").order_by("at").first()

    decision = wait_until(refusal, within=30, what="the refusal of a consumer call")
    said |= {"customer": "Marta Diaz", "reason": decision.reason, "reasons": decision.clearance["all_reasons"]}
    must("CONSUMER_CALLS_OFF" in decision.clearance["all_reasons"], f"refused for {decision.reason}")


def play_the_calls(stage: Stage, *, within: float) -> None:
    """To the first permitted hour, and on until every planned call of the day is over."""
    with acting_for(stage.business.pk):
        # Within the hours they have begun by themselves: moving on now would lead to the day of the second calls.
        begun = Attempt.objects.exclude(status="planned", planned_for__gt=clock.now()).exists()
    if not begun:
        stage.move_clock("call")

    def over() -> bool:
        close_old_connections()
        with acting_for(stage.business.pk):
            waiting = Attempt.objects.filter(status="planned", planned_for__lte=clock.now() + timedelta(minutes=30))
            busy = Attempt.objects.filter(status__in=("dialing", "live", "unknown"))
            upcoming = Attempt.objects.filter(status="planned").order_by("planned_for").first()
            if busy.exists() or waiting.filter(planned_for__lte=clock.now()).exists():
                return False
            if upcoming is not None and upcoming.planned_for < clock.now() + timedelta(hours=9):
                stage.move_clock("call")
                return False
            return True

    wait_until(over, within=within, what="the calls of the day")


def call_to(stage: Stage, customer: str) -> Call:
    with acting_for(stage.business.pk):
        return Call.objects.select_related("customer").get(customer__name=customer)


def paid_call(stage: Stage, said: dict[str, Any]) -> None:
    """A customer who forgot: the link by e-mail, paid on the vendor's page, seen in the books."""
    call = call_to(stage, "Beacon Books")
    said |= {"customer": "Beacon Books", "disposition": call.disposition}
    said["transcript"] = [f"{line['who']}: {line['text']}" for line in stage.lines(call.sid)]
    said["letters"] = [letter["subject"] for letter in stage.letters("ruth@beaconbooks.example")]

    def paid() -> bool:
        close_old_connections()
        return stage.invoice("2240").books_status == "paid"

    wait_until(paid, within=60, what="the payment in our books")
    said["balance"] = str(stage.invoice("2240").balance)
    must(call.right_party and call.status == "completed", f"the call is {call.status}, {call.disposition}")


def stopped_on_dispute(stage: Stage, said: dict[str, Any]) -> None:
    """After the words that raised the objection the agent speaks of money no more."""
    call = call_to(stage, "Harbor Cafe")
    lines = stage.lines(call.sid)
    said["transcript"] = [f"{line['who']}: {line['text']}" for line in lines]
    objections = [i for i, line in enumerate(lines) if line["who"] == "person" and OBJECTION.search(line["text"])]
    must(bool(objections), f"no objection was heard; the call ended as {call.disposition}")
    heard = objections[0]
    after = [line["text"] for line in lines[heard + 1 :] if line["who"] == "agent"]
    said |= {"utterance": lines[heard]["text"], "agent_afterwards": after, "disposition": call.disposition}
    must(call.disposition == "dispute", f"the call ended as {call.disposition}")
    must(bool(after), "the agent said nothing after the objection")
    demands = [
        text for text in after if re.search(r"\$|\d", text) or re.search(r"\b(pay|amount|owe|balance)\b", text, re.I)
    ]
    must(
        not [text for text in demands if "asking" not in text.lower() and "stop" not in text.lower()],
        f"spoke of money: {demands}",
    )


def frozen(stage: Stage, said: dict[str, Any]) -> None:
    with acting_for(stage.business.pk):
        disputes = list(stage.business.disputes.select_related("invoice").order_by("number"))
        said["disputes"] = {d.invoice.number: [d.number, d.claims.get().reason, d.claims.get().words] for d in disputes}
    must({"2207", "2234"} <= set(said["disputes"]), "not both objections were frozen")
    must(all(dispute.invoice.frozen_at for dispute in disputes), "an invoice with a live dispute is not frozen")


def recovery(stage: Stage, said: dict[str, Any]) -> None:
    def found() -> Any:
        close_old_connections()
        with acting_for(stage.business.pk):
            return stage.business.recoverys.filter(invoice__number="2240").first()

    row = wait_until(found, within=30, what="the recovery")
    said |= {"invoice": "2240", "amount": str(row.amount), "rule": row.rule}
    must(row.counts and row.amount == Decimal("333.33"), f"{row.amount} by {row.rule}")


def fee(stage: Stage, said: dict[str, Any]) -> None:
    with acting_for(stage.business.pk):
        lines = list(stage.business.feelines.filter(recovery__invoice__number="2240").values_list("amount", flat=True))
    said["lines"] = [str(amount) for amount in lines]
    must(lines == [Decimal("33.33")], f"the fee lines are {lines}")


def owner_notified(stage: Stage, said: dict[str, Any]) -> None:
    """Machine seconds between the freeze and the letter in the owner's mailbox."""
    with acting_for(stage.business.pk):
        dispute = stage.business.disputes.get(invoice__number="2207")
    subject = "Harbor Cafe disputes an invoice. We stopped calling."
    letter = wait_until(
        lambda: next((m for m in stage.letters("ava@avasplumbing.example") if m["subject"] == subject), None),
        within=60,
        what="the owner's alert",
    )
    seconds = (datetime.fromisoformat(letter["at"]) - dispute.opened_at).total_seconds()
    said |= {"subject": letter["subject"], "seconds": round(seconds, 1)}
    must(seconds < 15 * 60, f"told after {seconds:.0f} s")


def opted_out(stage: Stage, said: dict[str, Any]) -> None:
    call = call_to(stage, "Nguyen Bakery")
    assert call.customer is not None
    with acting_for(stage.business.pk):
        suppressions = list(call.customer.suppressions.values_list("kind", flat=True))
    said |= {"customer": "Nguyen Bakery", "disposition": call.disposition, "suppressions": suppressions}
    said["transcript"] = [f"{line['who']}: {line['text']}" for line in stage.lines(call.sid)]
    must("opt_out" in suppressions, "no stop is on record")
    must(StopEntry.objects.filter(kind="opt_out", lifted_at=None).exists(), "the stop does not bind the installation")


def voicemail(stage: Stage, said: dict[str, Any]) -> None:
    call = call_to(stage, "Summit Fitness")
    left = " ".join(line["text"] for line in stage.lines(call.sid) if line["who"] == "agent")
    said |= {"disposition": call.disposition, "left": left}
    must(call.disposition == "voicemail_greeting", f"the call ended as {call.disposition}")
    must(bool(left) and "1510" not in re.sub(r"[\s,.$]", "", left) and "$" not in left, "the message names an amount")
    must(not re.search(r"\b(invoice|owe|balance|due|payment|debt)\b", left, re.I), "the message speaks of a debt")


def contacts_about(stage: Stage, invoice: Invoice, since: datetime) -> int:
    """Contacts of purpose collect about this invoice of any channel, after that moment."""
    with acting_for(stage.business.pk):
        dialed = Attempt.objects.filter(about__invoice=invoice, purpose="collect", dialing_at__gt=since).count()
        mailed = stage.business.messages.filter(about__invoice=invoice, purpose="collect", sent_at__gt=since).count()
    return dialed + mailed
