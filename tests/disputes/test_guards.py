"""The last line: whatever the program thinks, the database refuses `collect` work about what is silent, on every channel.

By raw SQL as the app's own role. A channel is a table whose rows have a purpose and are about an invoice; the test below
finds them all, so that a new one has to say here how its rows are made and moved towards leaving.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from compliance.models import Purpose
from compliance.services import stop
from disputes.freeze import NewClaim
from disputes.models import Claim, Dispute
from disputes.services import open_dispute, open_dispute_held, pause
from integrations.models import CardAccount
from invoices import verification
from invoices.models import Hold, Invoice
from invoices.services import hold
from notifications.models import Message
from syntharra.clock import now
from syntharra.identifiers import uuid7
from syntharra.tenancy import acting_for, current_business
from tests.cast import Firm, make_customer, make_invoice

FROZEN = "this invoice is frozen: nothing may collect on it"
PAUSED = "this invoice is paused: nothing may collect on it"
UNPROVED = "the proof of this invoice was asked for in writing and not sent: nothing may collect on it"
RISEN = "more is open than was agreed on this invoice: nothing may collect on it"
GONE = "this invoice has left collection: nothing may collect on it"


def run(sql: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


@dataclass(frozen=True)
class ChannelTable:
    """How a row of a channel comes to be and leaves, in SQL.

    ``put`` makes one about the invoice in the given state and returns its id; ``out`` are the states in which it is about
    to leave or has left, ``waiting`` those from which it is moved there.
    """

    put: Callable[[Invoice, str], UUID]
    table: str
    link: str  # the table that says which invoices it is about; "" where it is the row itself
    waiting: tuple[str, ...]
    out: tuple[str, ...]
    moved_to: tuple[str, ...]


def put_attempt(invoice: Invoice, status: str) -> UUID:
    pk = uuid7()
    run(
        'INSERT INTO calls_attempt (id, business_id, customer_id, purpose, status, number, "to", planned_for, approved_by,'
        " disposition, ended_because, looked_up) VALUES (%s, %s, %s, 'collect', %s, 1, '+16145550120', %s, '', '', '', 0)",
        pk, invoice.business_id, invoice.customer_id, status, now(),
    )  # fmt: skip
    run(
        "INSERT INTO calls_attemptinvoice (id, business_id, attempt_id, invoice_id, position, dropped_reason)"
        " VALUES (%s, %s, %s, %s, 0, '')",
        uuid7(), invoice.business_id, pk, invoice.pk,
    )  # fmt: skip
    return pk


def put_message(invoice: Invoice, status: str, channel: str = "email", letter: str = "pay_link") -> UUID:
    pk = uuid7()
    run(
        'INSERT INTO notifications_message (id, business_id, purpose, channel, letter, key, status, customer_id, "to",'
        " language, subject, text, html, facts, correlation, owed_at, due_at, tries, outcome)"
        " VALUES (%s, %s, 'collect', %s, %s, %s, %s, %s, 'ap@customer.example', 'en-us', '', '', '', '{}', '', %s, %s, 0, '')",
        pk, invoice.business_id, channel, letter, str(pk), status, invoice.customer_id, now(), now(),
    )  # fmt: skip
    run(
        "INSERT INTO notifications_messageinvoice (id, business_id, message_id, invoice_id) VALUES (%s, %s, %s, %s)",
        uuid7(), invoice.business_id, pk, invoice.pk,
    )  # fmt: skip
    return pk


def put_checkout(invoice: Invoice, status: str) -> UUID:
    pk, account = uuid7(), card_account()
    run(
        "INSERT INTO invoices_checkout (id, business_id, purpose, status, customer_id, account_id, amount, currency, session,"
        " url, asked_at, expires_at, ended_why) VALUES (%s, %s, 'collect', %s, %s, %s, 10, 'USD', '', '', %s, %s, '')",
        pk, invoice.business_id, status, invoice.customer_id, account, now(), now(),
    )  # fmt: skip
    run(
        "INSERT INTO invoices_checkoutinvoice (id, business_id, checkout_id, invoice_id, position, amount)"
        " VALUES (%s, %s, %s, %s, 0, 10)",
        uuid7(), invoice.business_id, pk, invoice.pk,
    )  # fmt: skip
    return pk


def card_account() -> UUID:
    found = CardAccount.objects.first()
    return (
        found.pk
        if found is not None
        else CardAccount.objects.create(
            account="acct_1", sandbox=True, connected_by="ava", connected_at=now(), checked_at=now()
        ).pk
    )


def message(channel: str, letter: str) -> ChannelTable:
    return ChannelTable(
        put=lambda invoice, status: put_message(invoice, status, channel, letter),
        table="notifications_message", link="notifications_messageinvoice",
        waiting=("failed", "refused"), out=("draft", "queued", "sending", "sent"), moved_to=("queued", "sending"),
    )  # fmt: skip


CHANNELS: dict[str, ChannelTable] = {
    "calls.Attempt": ChannelTable(
        put=put_attempt, table="calls_attempt", link="calls_attemptinvoice",
        waiting=(), out=("planned", "dialing", "live", "unknown"), moved_to=("dialing",),
    ),
    "invoices.Checkout": ChannelTable(
        put=put_checkout, table="invoices_checkout", link="invoices_checkoutinvoice",
        waiting=("refused", "ended"), out=("asked", "open"), moved_to=("open",),
    ),
    "notifications.Message": message("email", "pay_link"),
    "notifications.Message: polite reminder": message("email", "polite_reminder"),
    "notifications.Message: last letter on paper": message("letter", "last_letter"),
    "notifications.Message: text": message("sms", "pay_link"),
}  # fmt: skip


def every(*, waiting: bool = False) -> list[Any]:
    found = []
    for name, channel in CHANNELS.items():
        for state in channel.moved_to if waiting else channel.out:
            found.append(pytest.param(channel, state, id=f"{name} {state}"))
    return found


def with_a_purpose() -> dict[str, type[models.Model]]:
    """Every table whose rows have one of our purposes and are about an invoice: themselves, or by a table that links them."""
    leads_to = {
        model: {field.related_model for field in model._meta.fields if isinstance(field, models.ForeignKey)}
        for model in apps.get_models()
    }
    links = [others for others in leads_to.values() if Invoice in others]
    return {
        model._meta.label: model
        for model in leads_to
        if any(field.name == "purpose" and is_ours(field) for field in model._meta.fields)
        and (Invoice in leads_to[model] or any(model in others for others in links))
    }


def is_ours(field: Any) -> bool:
    """Its values are purposes of a contact, all of them or some."""
    values = {value for value, _name in field.choices or ()}
    return bool(values) and values <= set(Purpose.values)


def guarded_tables() -> set[str]:
    """Tables with a trigger that asks ``refuse_collect`` before a row is written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND p.prosrc LIKE '%%refuse_collect(%%' AND t.tgenabled = 'O'"
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_every_channel_proves_itself_here() -> None:
    proved = {name.partition(":")[0] for name in CHANNELS}

    assert set(with_a_purpose()) == proved
    for channel in CHANNELS.values():
        assert {channel.table, channel.link} - {""} <= guarded_tables()


# what makes an invoice silent


def by_page(invoice: Invoice) -> None:
    claim = NewClaim(source="page", source_key=f"p:{invoice.pk}", words="The roof still leaks", by="Ana")
    with transaction.atomic():
        open_dispute_held(hold(invoice.pk), claim)


def unsure(invoice: Invoice) -> None:
    pause(invoice.pk, why="unsure", words="well, I am not sure", source_key=f"c:{invoice.pk}", by="agent")


def says_paid(invoice: Invoice) -> None:
    pause(invoice.pk, why="already_paid", words="I paid on Friday", source_key=f"c:{invoice.pk}", by="agent")


def left(invoice: Invoice) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(left_reason="unresolved", left_at=now())


def unproved(invoice: Invoice) -> None:
    """A consumer's written dispute that ended; the proof was not sent."""
    Invoice.objects.filter(pk=invoice.pk).update(proof_owed_at=now())


def risen(invoice: Invoice) -> None:
    """More is open than its dispute ended on."""
    Invoice.objects.filter(pk=invoice.pk).update(agreed_at_most=Decimal("100.00"))


SILENCES = [
    pytest.param(by_page, FROZEN, id="frozen"), pytest.param(unsure, PAUSED, id="unsure"),
    pytest.param(says_paid, PAUSED, id="already paid"), pytest.param(left, GONE, id="left"),
    pytest.param(unproved, UNPROVED, id="unproved"), pytest.param(risen, RISEN, id="risen"),
]  # fmt: skip


def owed(firm: Firm) -> Invoice:
    return make_invoice(firm, make_customer(firm, kind="consumer"))


@pytest.mark.django_db
@pytest.mark.parametrize(("channel", "state"), every())
@pytest.mark.parametrize(("silence", "says"), SILENCES)
def test_no_row_that_collects_is_put_down(
    plumber: Firm, silence: Callable[[Invoice], None], says: str, channel: ChannelTable, state: str
) -> None:
    invoice = owed(plumber)
    silence(invoice)
    before = rows(channel.table)

    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        channel.put(invoice, state)

    assert rows(channel.table) == before


@pytest.mark.django_db
@pytest.mark.parametrize(("channel", "state"), every(waiting=True))
@pytest.mark.parametrize(("silence", "says"), SILENCES)
def test_no_row_put_down_before_moves_on(
    plumber: Firm, silence: Callable[[Invoice], None], says: str, channel: ChannelTable, state: str
) -> None:
    for start in (channel.waiting or ("planned",))[:1]:
        invoice = owed(plumber)
        pk = channel.put(invoice, start)
        silence(invoice)

        with pytest.raises(IntegrityError, match=says), transaction.atomic():
            run(f"UPDATE {channel.table} SET status = %s WHERE id = %s", state, pk)

        assert value(channel.table, "status", pk) == start


@pytest.mark.django_db
@pytest.mark.parametrize(("silence", "says"), SILENCES)
def test_no_letter_that_asks_for_money_is_ticked_as_posted(
    plumber: Firm, silence: Callable[[Invoice], None], says: str
) -> None:
    invoice = owed(plumber)
    pk = put_message(invoice, "draft", "letter", "plan_missed")
    silence(invoice)

    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        run("UPDATE notifications_message SET status = 'sent', sent_at = now() WHERE id = %s", pk)

    assert value("notifications_message", "status", pk) == "draft"


@pytest.mark.django_db
@pytest.mark.parametrize("channel", [pytest.param(c, id=n) for n, c in CHANNELS.items()])
def test_no_row_is_turned_to_a_frozen_invoice(plumber: Firm, channel: ChannelTable) -> None:
    free, frozen = owed(plumber), owed(plumber)
    pk = channel.put(free, channel.out[0])
    by_page(frozen)

    with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic():
        column = f"{channel.table.rpartition('_')[2]}_id"
        run(f"UPDATE {channel.link} SET invoice_id = %s WHERE {column} = %s", frozen.pk, pk)


@pytest.mark.django_db
@pytest.mark.parametrize("channel", [pytest.param(c, id=n) for n, c in CHANNELS.items()])
def test_no_purpose_is_relabeled(plumber: Firm, channel: ChannelTable) -> None:
    pk = channel.put(owed(plumber), channel.out[0])

    for other in ("dispute", "service", "legal"):
        with pytest.raises(IntegrityError, match=r"purpose of an? [\w ]+ never changes"), transaction.atomic():
            run(f"UPDATE {channel.table} SET purpose = %s WHERE id = %s", other, pk)

    assert value(channel.table, "purpose", pk) == "collect"


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(120)
@pytest.mark.parametrize("channel", [pytest.param(c, id=n) for n, c in list(CHANNELS.items())[:2]])
@pytest.mark.parametrize("how", ["insert", "update"])
@pytest.mark.parametrize(("silence", "says"), SILENCES[:3])
def test_it_waits_for_a_silence_under_way_and_then_refuses(
    plumber: Firm, channel: ChannelTable, how: str, silence: Callable[[Invoice], None], says: str
) -> None:
    invoice = owed(plumber)
    start = (channel.waiting or ("planned",))[0]
    pk = channel.put(invoice, start) if how == "update" else None
    outcome: list[str] = []

    def work() -> None:
        with acting_for(plumber.business.pk):
            try:
                with transaction.atomic():
                    if pk is None:
                        channel.put(invoice, channel.out[0])
                    else:
                        run(f"UPDATE {channel.table} SET status = %s WHERE id = %s", channel.moved_to[-1], pk)
                outcome.append("done")
            except IntegrityError as error:
                outcome.append(str(error).splitlines()[0])
            finally:
                connection.close()

    with under_way(lambda: silence(invoice)) as commit:
        working = threading.Thread(target=work)
        working.start()
        working.join(0.3)
        assert (working.is_alive(), outcome) == (True, [])
        commit.set()
        working.join(30)

    assert outcome == [says]
    if pk is not None:
        assert value(channel.table, "status", pk) == start


@contextmanager
def under_way(act: Callable[[], None]) -> Iterator[threading.Event]:
    """Another connection has done it and not committed; set to commit."""
    done, commit, business_id = threading.Event(), threading.Event(), current_business()

    def work() -> None:
        with acting_for(business_id):
            with transaction.atomic():
                act()
                done.set()
                commit.wait(30)
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert done.wait(30)
    try:
        yield commit
    finally:
        commit.set()
        thread.join(30)


# what makes it silent stays


@pytest.mark.django_db
def test_the_application_deletes_nothing_that_keeps_an_invoice_silent(plumber: Firm) -> None:
    invoice = owed(plumber)
    by_page(invoice)
    free = owed(plumber)
    put_message(free, "queued")
    put_attempt(free, "planned")
    Hold.objects.create(customer=free.customer, invoice=free, reason="x", by="ava", since=now())
    stop(free.customer_id, "opt_out", number="+16145550120", words="stop", source="t", by="ava")  # type: ignore[arg-type]

    tables = (
        "disputes_claimon", "disputes_dispute", "disputes_claim", "invoices_hold", "compliance_suppression",
        "notifications_messageinvoice", "notifications_message", "calls_attemptinvoice", "calls_attempt",
    )  # fmt: skip
    for table in tables:
        before = rows(table)
        assert before > 0, table
        with pytest.raises(IntegrityError, match="they are never deleted"), transaction.atomic():
            run(f"DELETE FROM {table}")
        assert rows(table) == before


@pytest.mark.django_db
def test_a_dispute_stays_on_its_invoice(plumber: Firm) -> None:
    disputed, other = owed(plumber), owed(plumber)
    by_page(disputed)

    with pytest.raises(IntegrityError, match="about one invoice of one customer, and stays so"), transaction.atomic():
        run("UPDATE disputes_dispute SET invoice_id = %s", other.pk)

    assert Dispute.objects.get().invoice_id == disputed.pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE invoices_invoice SET frozen_at = NULL",
        "UPDATE disputes_dispute SET closed_at = now(), status = 'closed'",
        "UPDATE disputes_dispute SET closed_at = NULL, status = 'new' WHERE closed_at IS NOT NULL",
    ],
)
def test_neither_side_of_a_freeze_moves_alone(plumber: Firm, sql: str) -> None:
    invoice, ended = owed(plumber), owed(plumber)
    by_page(ended)
    with transaction.atomic():
        Dispute.objects.update(closed_at=now(), status="closed")
        Invoice.objects.update(frozen_at=None)
    by_page(invoice)

    with pytest.raises(IntegrityError, match="frozen exactly while a dispute about it is live"):
        run(sql)

    assert list(Invoice.objects.exclude(frozen_at=None)) == [invoice]


# the proof a consumer asked for


def ended_in_writing(firm: Firm, *, kind: str = "consumer", source: str = "page", **evidence: Any) -> Invoice:
    """Disputed in writing by this customer, then ended: as collectable as any, but for the proof."""
    invoice = make_invoice(firm, make_customer(firm, kind=kind))
    claim = NewClaim(source=source, source_key=f"k:{invoice.pk}", words="Never ordered", by="Ida", evidence=evidence)
    open_dispute(invoice.pk, claim=claim)
    Dispute.objects.filter(invoice=invoice).update(closed_at=now(), status="closed", closed_as="dropped")
    Invoice.objects.filter(pk=invoice.pk).update(frozen_at=None)
    invoice.refresh_from_db()
    return invoice


def sent_proof(invoice: Invoice, *, at: Any = None, status: str = "sent") -> Message:
    proof = verification.send(invoice.pk)
    Message.objects.filter(pk=proof.pk).update(status=status, sent_at=at or now())
    return proof


@pytest.mark.django_db
@pytest.mark.parametrize("channel", [pytest.param(c, id=n) for n, c in CHANNELS.items()])
def test_nothing_collects_on_a_written_dispute_before_the_proof_was_sent(plumber: Firm, channel: ChannelTable) -> None:
    invoice = ended_in_writing(plumber)

    with pytest.raises(IntegrityError, match=UNPROVED), transaction.atomic():
        channel.put(invoice, channel.out[0])
    proof = sent_proof(invoice)
    channel.put(invoice, channel.out[0])

    Message.objects.filter(pk=proof.pk).update(status="failed")  # it came back
    with pytest.raises(IntegrityError, match=UNPROVED), transaction.atomic():
        put_message(invoice, "queued")


@pytest.mark.django_db
def test_a_proof_sent_before_he_asked_again_does_not_count(plumber: Firm) -> None:
    invoice = ended_in_writing(plumber)
    sent_proof(invoice, at=now() - timedelta(days=1))

    with pytest.raises(IntegrityError, match=UNPROVED), transaction.atomic():
        put_attempt(invoice, "planned")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "source", "evidence", "owes"),
    [
        ("consumer", "page", {}, True),
        ("unknown", "email", {}, True),
        ("consumer", "member", {"mail": "forwarded"}, True),  # his own words, by way of the firm
        ("consumer", "call", {}, False),
        ("consumer", "member", {}, False),
        ("business", "page", {}, False),
    ],
)
def test_who_asks_for_the_proof(plumber: Firm, kind: str, source: str, evidence: dict[str, Any], owes: bool) -> None:
    invoice = ended_in_writing(plumber, kind=kind, source=source, **evidence)

    assert (invoice.proof_owed_at is not None) == owes


@pytest.mark.django_db
def test_own_books_owe_no_proof_but_in_massachusetts(plumber: Firm, settings: Any) -> None:
    settings.ROLE = "own_books"
    ohio = ended_in_writing(plumber)
    boston = make_invoice(plumber, make_customer(plumber, kind="consumer", state="US-MA"))
    by_page(boston)

    boston.refresh_from_db()
    assert (ohio.proof_owed_at, boston.proof_owed_at is not None) == (None, True)


@pytest.mark.django_db
def test_whom_the_firm_knows_as_a_company_by_now_asks_for_no_proof(plumber: Firm) -> None:
    invoice = ended_in_writing(plumber)
    invoice.customer.kind = "business"
    invoice.customer.save(update_fields=["kind"])

    put_attempt(invoice, "planned")


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def value(table: str, column: str, pk: UUID) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [pk])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_claim_is_in_writing_or_not_the_same_in_both_ways(plumber: Firm) -> None:
    customer = make_customer(plumber)
    for number, (source, evidence) in enumerate((s, e) for s in Claim.Source.values for e in ({}, {"mail": "1"})):
        said = {"source": source, "evidence": evidence, "words": "no", "said_at": now(), "by": "x"}
        Claim.objects.create(customer=customer, source_key=str(number), **said)

    by_query = set(Claim.objects.filter(Claim.IN_WRITING))

    assert by_query == {claim for claim in Claim.objects.all() if claim.is_written}
    assert len(by_query) == 3 + len(Claim.Source.values)
