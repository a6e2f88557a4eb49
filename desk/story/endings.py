"""How disputes end: what was the customer's to say, what the owner chose, and what the books show afterwards.

As in the other scenes everything happens at pages, at the vendor's and by the clock; the database is only read.
"""

import json
import re
import tempfile
import time
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from django.db import close_old_connections
from django.urls import reverse

from calls.models import Attempt
from desk.story.browser import Browser, DidNotWork
from desk.story.report import must, wait_until
from desk.story.scenes import Stage
from disputes.models import BooksMoved, Dispute
from disputes.proof import Changed, verify_file
from invoices.models import CreditMemo, Invoice
from notifications.models import Message
from syntharra.tenancy import acting_for

REALM = "9341450000000001"
LESS, AGREED = Decimal("196.00"), Decimal("600.00")
TOLD_THE_FIRM = ("2247", "2248", "2249", "2250", "2251", "2252", "2253")  # bills nobody on the telephone speaks about
LINK = re.compile(r"https?://\S+(/l/[\w-]+)")


def specified(stage: Stage, said: dict[str, Any]) -> None:
    """Harbor Cafe opens the link of its acknowledgement and says exactly what is wrong."""
    page = _page_of(stage, "2207")
    with Browser(stage.web) as customer:
        _fill(customer, page, act="kind", kind="quality")
        details = {"q_what_is_wrong": "The joint under the drain still drips", "q_may_come": "yes", "about": "whole"}
        _fill(customer, page, act="details", words="It leaks where he joined the pipes", wished="fix", **details)
    dispute = _dispute(stage, "2207")
    with acting_for(stage.business.pk):
        (filled,) = dispute.specifications.exclude(sent_at=None)
    said |= {"dispute": dispute.number, "kind": filled.kind, "words": filled.words, "status": dispute.status}
    must(dispute.status == "specified" and dispute.specified_at is not None, f"the dispute is {dispute.status}")
    must(stage.invoice("2207").frozen_at is not None, "what was specified thawed")


def resolved_by_credit_memo(stage: Stage, said: dict[str, Any]) -> None:
    """The owner gives $196.00 off: one credit memo in the books, read back, and the question is closed on $600.00."""
    number = _dispute(stage, "2207").number
    _choose(stage, number, kind="credit_memo", lowered_by=str(LESS))
    closed = _closed(stage, "2207", "credit_memo")
    memos = [memo for memo in _books(stage, "CreditMemo") if Decimal(str(memo["TotalAmt"])) == LESS]
    said |= {"agreed": str(closed.agreed_balance), "credit_memos": len(memos), "in_the_books": _balance(stage, "2207")}
    must(len(memos) == 1, f"{len(memos)} credit memos stand in the books")
    must(Decimal(_balance(stage, "2207")) == AGREED == closed.agreed_balance, "the books show another balance")
    with acting_for(stage.business.pk):
        must(
            CreditMemo.objects.filter(deleted_at=None, total=LESS).count() == 1,
            "we have another number of credit memos",
        )


def resumed_on_agreed_amount(stage: Stage, said: dict[str, Any]) -> None:
    """After the closing letter and its days of grace the next call is about $600.00, and none was before."""
    dispute, invoice = _dispute(stage, "2207"), stage.invoice("2207")
    closed_at, again_on = dispute.closed_at, dispute.collect_again_on
    assert closed_at is not None
    assert again_on is not None
    letter = _letter(stage, dispute, "dispute_closed_agreed")
    must("$600.00" in letter["text"], "the closing letter does not name what was agreed")
    for _day in range(10):
        if _next_call(stage, invoice, closed_at):
            break
        stage.move_clock("1d")
        _settled()
    planned = wait_until(lambda: _next_call(stage, invoice, closed_at), within=90, what="the next call about 2207")
    day = planned.planned_for.astimezone(stage.zone).date()
    said |= {
        "closed": closed_at,
        "not_before": again_on,
        "next_call": planned.planned_for,
        "balance": str(invoice.balance),
    }
    must((again_on - closed_at.astimezone(stage.zone).date()).days >= 3, "fewer than three days of grace")
    must(day >= again_on, f"a call on {day}, before {again_on}")
    must(invoice.balance == AGREED, f"it is collected on {invoice.balance}")


def settled_in_part(stage: Stage, said: dict[str, Any]) -> None:
    """An offer by letter, accepted on the page with a name; the rest is credited in the books."""
    dispute, invoice = _dispute(stage, "2234"), stage.invoice("2234")
    agreed = (invoice.balance - 50).quantize(Decimal("0.01"))
    _choose(
        stage, dispute.number, kind="settlement", agreed=str(agreed), words="Fifty dollars off for the second trip."
    )
    page = wait_until(lambda: _page_in(stage, "2234", after=dispute), within=60, what="the offer's letter")
    with Browser(stage.web) as customer:
        _fill(customer, page, act="answer", answer="accepted", name="Pat Ellery")
    closed = _closed(stage, "2234", "settlement")
    said |= {"offered": str(agreed), "agreed": str(closed.agreed_balance), "in_the_books": _balance(stage, "2234")}
    must(Decimal(_balance(stage, "2234")) == agreed == closed.agreed_balance, "the books show another balance")


def customer_dropped_it(stage: Stage, said: dict[str, Any]) -> None:
    """The customer himself says that the bill is fine, on his page and with his name."""
    number = _told_the_firm(stage, said, "They said the price was not what they expected.", "amount")
    dispute = _dispute(stage, number)
    stage.owner.post(
        reverse("acknowledgement", args=[dispute.number]),
        page=reverse("acknowledgement", args=[dispute.number]),
        words=_draft(stage, dispute),
        send="1",
    )
    page = wait_until(lambda: _page_in(stage, number, after=dispute), within=60, what="the acknowledgement")
    with Browser(stage.web) as customer:
        _fill(customer, page, act="drop", name="Dana Whitfield")
    closed = _closed(stage, number, "dropped")
    said |= {"closed_by": closed.closed_by, "agreed": str(closed.agreed_balance)}
    must(closed.closed_by == "Dana Whitfield", f"it was closed by {closed.closed_by}")


def owner_fixed_it_in_the_books(stage: Stage, said: dict[str, Any]) -> None:
    """The owner lowers the bill in QuickBooks itself; we ask whether that is what was agreed, and he says yes."""
    number = _told_the_firm(stage, said, "They want ten dollars off for the delay.", "amount")
    before = stage.invoice(number).balance
    stage.tell("quickbooks/_sim/credit", {"realm": REALM, "doc_number": number, "amount": "10.00"})
    card = _card(stage, number, "lowered")
    must(stage.invoice(number).frozen_at is not None, "the books alone thawed it")
    _say_yes(stage, number, card)
    closed = _closed(stage, number, "books_lowered")
    said |= {"was": str(before), "agreed": str(closed.agreed_balance), "proof": card.proof}
    must(closed.agreed_balance == before - 10, f"closed on {closed.agreed_balance}")


def paid_while_frozen(stage: Stage, said: dict[str, Any]) -> None:
    """Money that comes by itself is taken; the question stays open until the owner says so. No fee is booked on it."""
    number = _told_the_firm(stage, said, "They were not sure the test was ever done.", "not_received")
    stage.tell("quickbooks/_sim/pay", {"realm": REALM, "doc_number": number})
    card = _card(stage, number, "paid")
    must(_dispute(stage, number).closed_at is None, "paid closed it without a word")
    _say_yes(stage, number, card)
    closed = _closed(stage, number, "paid")
    with acting_for(stage.business.pk):
        fees = list(stage.business.feelines.filter(recovery__invoice__number=number).values_list("amount", flat=True))
    said |= {"closed_as": closed.closed_as, "fee_lines": [str(fee) for fee in fees]}
    must(not any(fees), f"a fee was booked on disputed money: {fees}")


def written_off(stage: Stage, said: dict[str, Any]) -> None:
    """The owner lets it go: nothing is owed in the books, and it is out of collection for good."""
    number = _told_the_firm(stage, said, "They say the camera never went down the line.", "not_received")
    _choose(stage, _dispute(stage, number).number, kind="write_off", words="Not worth the quarrel.")
    _closed(stage, number, "write_off")
    invoice = stage.invoice(number)
    said |= {"in_the_books": _balance(stage, number), "left": invoice.left_reason}
    must(Decimal(_balance(stage, number)) == 0 and invoice.left_reason == "write_off", "it was not written off")


def evidence_verified(stage: Stage, said: dict[str, Any]) -> None:
    """The pack of the first dispute proves itself without us; with one letter changed it names what was changed."""
    dispute = _dispute(stage, "2207")
    stage.owner.post(reverse("new_evidence", args=[dispute.number]), page=dispute.get_absolute_url())
    with acting_for(stage.business.pk):
        pack = dispute.packs.latest("made_at")
    answer = stage.owner.http.get(stage.web + reverse("evidence_pack", args=[dispute.number, pack.pk]))
    must(answer.status_code == 200, f"the pack answered {answer.status_code}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "evidence.zip"
        file.write_bytes(answer.content)
        number, items = verify_file(file)
        changed = _what_is_found_changed(file)
    said |= {"dispute": number, "items": items, "bytes": len(answer.content), "changed_item_named": changed}
    must(number == dispute.number and items > 10, f"{items} items of {number}")
    must(bool(changed), "a changed pack was not noticed")


def _what_is_found_changed(file: Path) -> str:
    """The words of the check after one word of what the customer said is another."""
    with ZipFile(file) as archive:
        pack = archive.read("evidence.json").decode()
    forged = pack.replace("still drips", "never drips", 1)
    must(forged != pack, "the pack does not hold what the customer wrote")
    other = file.with_name("evidence.json")
    other.write_text(json.dumps(json.loads(forged)), encoding="utf-8")
    try:
        verify_file(other)
    except Changed as problem:
        return str(problem)
    return ""


# What the scenes share.


def _dispute(stage: Stage, invoice: str) -> Dispute:
    close_old_connections()
    with acting_for(stage.business.pk):
        found = Dispute.objects.select_related("invoice", "customer").filter(invoice__number=invoice)
        return found.earliest("opened_at")


def _told_the_firm(stage: Stage, said: dict[str, Any], words: str, reason: str) -> str:
    """A customer spoke to the firm: the owner freezes the bill in one step. Its number."""
    with acting_for(stage.business.pk):
        open_bills = Invoice.objects.filter(number__in=TOLD_THE_FIRM, balance__gt=20, disputes=None)
        invoice = open_bills.filter(books_status="open", paused_reason="").order_by("number").first()
    must(invoice is not None, "no open bill is left to disagree about")
    assert invoice is not None
    address = reverse("freeze_invoice", args=[invoice.number])
    stage.owner.post(address, page=address, words=words, reason=reason)
    said |= {"invoice": invoice.number, "balance": str(invoice.balance)}
    must(stage.invoice(invoice.number).frozen_at is not None, f"{invoice.number} is not frozen")
    return str(invoice.number)


def _choose(stage: Stage, number: str, **fields: str) -> None:
    """A way of ending it, and the confirmation after what follows was read."""
    address = reverse("resolution", args=[number])
    asked = stage.owner.post(address, page=address, **fields)
    must('name="sure"' in asked.text, "the page did not ask once more")
    stage.owner.post(address, page=address, sure="1", **fields)


def _closed(stage: Stage, invoice: str, closed_as: str) -> Dispute:
    def closed() -> Dispute | None:
        found = _dispute(stage, invoice)
        return found if found.closed_at else None

    found = wait_until(closed, within=90, what=f"the end of the dispute about {invoice}")
    must(found.closed_as == closed_as, f"it ended as {found.closed_as}")
    must(stage.invoice(invoice).frozen_at is None, "a closed dispute still freezes")
    return found


def _card(stage: Stage, invoice: str, what: str) -> BooksMoved:
    def card() -> BooksMoved | None:
        close_old_connections()
        with acting_for(stage.business.pk):
            return BooksMoved.objects.filter(dispute__invoice__number=invoice, answer="").first()

    found = wait_until(card, within=90, what=f"the question about {invoice}")
    must(found.what == what, f"the books {found.what}, not {what}")
    return found


def _say_yes(stage: Stage, invoice: str, card: BooksMoved) -> None:
    dispute = _dispute(stage, invoice)
    address = reverse("books_answer", args=[dispute.number, card.pk])
    stage.owner.post(address, page=dispute.get_absolute_url(), answer="yes")


def _fill(customer: Browser, page: str, **fields: str) -> None:
    """A form of the signed page, sent as a telephone without JavaScript does."""
    answer = customer.http.post(customer.origin + page, data=fields)
    if answer.status_code != 200:
        raise DidNotWork(f"the customer's page answered {answer.status_code} to {fields['act']}")


def _page_of(stage: Stage, invoice: str) -> str:
    """Where the newest letter to this customer leads."""
    with acting_for(stage.business.pk):
        to = Message.objects.filter(about__invoice__number=invoice, letter="dispute_acknowledgement").latest("pk").to
    links = [LINK.search(letter["text"]) for letter in stage.letters(to)]
    found = [link[1] for link in links if link]
    must(bool(found), "no letter has a link")
    return found[0]


def _page_in(stage: Stage, invoice: str, *, after: Dispute) -> str | None:
    """The link in the newest letter of this dispute that has arrived, once one has."""
    close_old_connections()
    with acting_for(stage.business.pk):
        written = Message.objects.filter(
            about__invoice__number=invoice, purpose="dispute", sent_at__gte=after.opened_at
        )
        newest = written.order_by("-sent_at").first()
    if newest is None:
        return None
    arrived = [letter for letter in stage.letters(newest.to) if letter["subject"] == newest.subject]
    links = [LINK.search(letter["text"]) for letter in arrived]
    return next((link[1] for link in links if link), None)


def _letter(stage: Stage, dispute: Dispute, kind: str) -> dict[str, Any]:
    """The letter of this kind to the customer of the dispute, as it arrived."""

    def arrived() -> dict[str, Any] | None:
        close_old_connections()
        with acting_for(stage.business.pk):
            written = Message.objects.filter(about__invoice=dispute.invoice_id, letter=kind).exclude(sent_at=None)
            sent = written.order_by("-sent_at").first()
        if sent is None:
            return None
        return next((mail for mail in stage.letters(sent.to) if mail["subject"] == sent.subject), None)

    return wait_until(arrived, within=90, what=f"the letter {kind}")


def _draft(stage: Stage, dispute: Dispute) -> str:
    from disputes import acknowledging

    with acting_for(stage.business.pk):
        draft = acknowledging.draft_of(dispute)
    must(draft is not None, "there is no acknowledgement to send")
    assert draft is not None
    return draft.words


def _next_call(stage: Stage, invoice: Invoice, since: datetime) -> Attempt | None:
    close_old_connections()
    with acting_for(stage.business.pk):
        planned = Attempt.objects.filter(about__invoice=invoice, purpose="collect", planned_for__gt=since)
        return planned.order_by("planned_for").first()


def _books(stage: Stage, entity: str) -> list[dict[str, Any]]:
    return list(stage.ask(f"quickbooks/_sim/books/{REALM}")["objects"].get(entity, []))


def _balance(stage: Stage, number: str) -> str:
    (invoice,) = [one for one in _books(stage, "Invoice") if one["DocNumber"] == number]
    return str(invoice["Balance"])


def _settled() -> None:
    """The sweeps of a sandbox run every three seconds."""
    time.sleep(3)
