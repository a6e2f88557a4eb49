# ruff: noqa: S106, S608  (nobody signs in here; the words and numbers put into these statements are all our own)
"""Books of many firms, made inside the database: one in twenty invoices overdue, some of them not to be called about.

No two are alike: names, numbers, amounts, dates and who owes how many come from the seed. Every firm has customers with
one billing contact and a consent, some of whom were called before.
"""

from collections.abc import Iterator
from typing import Any

import psycopg
from django.db.models import AutoField, BigAutoField, JSONField, Model
from psycopg import sql
from psycopg.types.json import Json

from accounts.models import ActivityDetail, ActivityLine, Business, Membership, User
from calls.models import Attempt, AttemptInvoice
from compliance.models import Consent, Decision
from integrations.models import Connection
from invoices.models import Contact, Customer, Hold, Invoice, InvoiceLine
from syntharra.models import Due

INVOICES_OF_A_FIRM, CUSTOMERS_OF_A_FIRM = 1000, 250
OVERDUE_ONE_IN = 20
ZONES = "(ARRAY['America/New_York','America/Chicago','America/Denver','America/Los_Angeles'])"
PLACES = "(ARRAY['US-OH','US-TX','US-CO','US-WA'])"
AREAS = "(ARRAY['614','512','303','206'])"
_TABLES: tuple[type[Model], ...] = (
    Business, Membership, User, Connection, Customer, Contact, Consent, Invoice, InvoiceLine, Hold, Attempt, AttemptInvoice, Due,
)  # fmt: skip
_HASH = "sha256('bench')"
LEFT_BEHIND = ("accounts_activityline", "accounts_activitydetail", "compliance_decision", "compliance_refusaltally")


def seed(line: "psycopg.Connection[Any]", invoices: int, *, now: str, number: int) -> int:
    """Fill the empty database with so many invoices; how many of them are overdue. ``now`` is the sweep's moment in UTC."""
    firms = max(1, invoices // INVOICES_OF_A_FIRM)
    with line.transaction():
        line.execute("SELECT setseed(%s)", [number / 100])
        for statement in _statements(firms, now):
            line.execute(statement)
    line.execute("ANALYZE")
    row = line.execute(
        "SELECT count(*) FROM invoices_invoice WHERE books_status = 'open' AND due_on <= %s::date - 3", [now]
    ).fetchone()
    return int(row[0]) if row else 0


def empty(line: "psycopg.Connection[Any]") -> None:
    """Away with all of it, and with what the planning made of it."""
    names = [*(table._meta.db_table for table in _TABLES), *LEFT_BEHIND]
    line.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, names))))


def _statements(firms: int, now: str) -> Iterator[sql.Composed]:
    at, on = f"'{now}'::timestamptz", f"'{now}'::date"
    b = f"generate_series(1, {firms}) b"
    of_firm = f"1 + (b - 1) % {firms}"
    yield _rows(User, b, id="b", email="'owner' || b || '@bench.example'", password="'!'", date_joined=at)
    yield _rows(
        Business, b, id=_key(1, "b"), name="'Firm ' || b", sandbox="true", time_zone=f"{ZONES}[1 + b % 4]",
        reviews_calls="b % 2 = 0", callback_number="'+16145550100'", created_at=at,
    )  # fmt: skip
    yield _rows(Membership, b, business_id=_key(1, "b"), user_id="b", role="'owner'", created_at=at)
    yield _rows(
        Connection, b, id=_key(2, "b"), business_id=_key(1, "b"), provider="'quickbooks'", account="'a' || b",
        sandbox="true", connected_at=f"{at} - interval '1 year'", connected_by="'bench'", synced_at=at, secrets="''",
    )  # fmt: skip
    customers = firms * CUSTOMERS_OF_A_FIRM
    c = f"(SELECT c, 1 + (c - 1) / {CUSTOMERS_OF_A_FIRM} AS b FROM generate_series(1, {customers}) c) one"
    phone = f"'+1' || {AREAS}[1 + b % 4] || (2000000 + c)"
    yield _rows(
        Customer, c, id=_key(3, "c"), business_id=_key(1, "b"), connection_id=_key(2, "b"), external_id="'c' || c",
        name="'Customer ' || md5(c::text)", company="'Company ' || c", kind="'business'", state=f"{PLACES}[1 + b % 4]",
        city="'Springfield'", street="c || ' Main St'", zip="'43215'",
    )  # fmt: skip
    yield _rows(
        Contact, c, id=_key(4, "c"), business_id=_key(1, "b"), customer_id=_key(3, "c"), name="'Contact ' || c",
        email="'ap' || c || '@customer.example'", phone=phone, phone_raw=phone,
        phone_problem="CASE WHEN c % 40 = 0 THEN 'missing' ELSE '' END",
    )  # fmt: skip
    yield _rows(
        Consent, f"{c} WHERE c % 50 > 0", id=_key(5, "c"), business_id=_key(1, "b"), customer_id=_key(3, "c"), number=phone,
        basis="'signed work order'", given_by="'Contact ' || c", given_on=f"{on} - 100", attested_by="'owner'",
    )  # fmt: skip
    i = (
        f"(SELECT i, 1 + (i - 1) / {INVOICES_OF_A_FIRM} AS b, floor(random() * {CUSTOMERS_OF_A_FIRM})::int AS of_firm, "
        f"i % {OVERDUE_ONE_IN} = 0 AS late, random() AS dice, floor(random() * 9000) + 100 AS money "
        f"FROM generate_series(1, {firms * INVOICES_OF_A_FIRM}) i) one"
    )
    balance = "CASE WHEN NOT late AND dice < 0.6 THEN 0 WHEN late AND dice < 0.04 THEN 20 ELSE money END"
    yield _rows(
        Invoice, i, id=_key(6, "i"), business_id=_key(1, "b"), connection_id=_key(2, "b"),
        customer_id=_key(3, f"(b - 1) * {CUSTOMERS_OF_A_FIRM} + of_firm + 1"), external_id="'i' || i", number="'N' || i",
        books_status="CASE WHEN NOT late AND dice < 0.6 THEN 'paid' ELSE 'open' END", currency="'USD'", total="money",
        balance=balance, issued_on=f"{on} - 60 + (dice * 20)::int",
        due_on=f"CASE WHEN late THEN {on} - 3 - (dice * 50)::int ELSE {on} + 1 + (dice * 30)::int END",
        sent="NOT (late AND dice > 0.96)", memo="''", pay_url="'https://pay.example/' || i", read_at=at,
    )  # fmt: skip
    yield _rows(
        InvoiceLine, i.replace("floor(random() * 9000) + 100", "100"), id=_key(7, "i"), business_id=_key(1, "b"),
        invoice_id=_key(6, "i"), position="1", item="'Repair'", quantity="1", amount="money", currency="'USD'",
        description="CASE WHEN i % 500 = 0 THEN 'Retainage for job ' ELSE 'Water heater at ' END || md5(i::text)",
    )  # fmt: skip
    yield _rows(
        Hold, f"{c} WHERE c % 60 = 0", id=_key(8, "c"), business_id=_key(1, "b"), customer_id=_key(3, "c"),
        reason="'insurer pays'", by="'owner'", since=at,
    )  # fmt: skip
    # Every fourth customer has been called once, a week ago; it rang and nobody answered.
    called = f"{c} WHERE c % 4 = 1"
    before = f"{at} - interval '7 days' + interval '9 hours'"
    yield _rows(
        Attempt, called, id=_key(9, "c"), business_id=_key(1, "b"), customer_id=_key(3, "c"), status="'ended'", number="1",
        to=phone, planned_for=before, dialing_at=before, dialing_on=f"{on} - 7", posted_at=before, ended_at=before,
        disposition="'no_answer'", counted="true",
    )  # fmt: skip
    # What stands on record of it, as of everything that was ever done: no installation's record is empty.
    yield _rows(
        ActivityLine, called, id=_key(11, "c"), business_id=_key(1, "b"), customer_id=_key(3, "c"), at=before, recorded_at=before,
        actor="'agent'", verb="'called'", subject_kind="'attempt'", subject_id=_key(9, "c"), number="c", details_hash=_HASH,
        previous_hash=_HASH, hash=_HASH,
    )  # fmt: skip
    yield _rows(
        ActivityDetail, called, id=_key(12, "c"), business_id=_key(1, "b"), line_id=_key(11, "c"),
        facts="""'{"result": "no_answer", "attempt": 1}'""",
    )  # fmt: skip
    yield _rows(
        Decision, called, id=_key(13, "c"), business_id=_key(1, "b"), customer_id=_key(3, "c"), subject_kind="'attempt'",
        subject_id=_key(9, "c"), purpose="'collect'", channel="'call'", moment="'planned'", at=before,
        decision="'allowed'", reason="'ALLOWED'", clearance="""'{"decision": "allowed"}'""", facts="""'{"channel": "call"}'""",
        rules_version="'bench'",
    )  # fmt: skip
    late = (
        "(SELECT row_number() OVER () AS n, id, business_id, customer_id FROM invoices_invoice "
        "WHERE books_status = 'open' AND EXISTS (SELECT FROM calls_attempt a WHERE a.customer_id = invoices_invoice.customer_id) "
        f"AND due_on <= {on} - 10) one"
    )
    attempt = "(SELECT a.id FROM calls_attempt a WHERE a.customer_id = one.customer_id)"
    yield _rows(AttemptInvoice, late, id=_key(10, "n"), business_id="business_id", attempt_id=attempt, invoice_id="id")
    yield _rows(Due, b, kind="'plan'", business_id=_key(1, of_firm), row_id=_key(1, of_firm), due_at=at)


def _key(kind: int, n: str) -> str:
    """A key that sorts as its number does, as ours sort by time."""
    return f"('{kind:08x}-0000-7000-8000-' || lpad(to_hex({n}), 12, '0'))::uuid"


def number_of(column: str) -> str:
    """The number a key was made of."""
    return f"('x' || right({column}::text, 12))::bit(48)::bigint"


def _rows(model: type[Model], source: str, **given: str) -> sql.Composed:
    """INSERT of what the expressions give for each row of the source; every other column by its default."""
    columns, values = [], []
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if isinstance(field, AutoField | BigAutoField) and column not in given:
            continue  # the database counts it up
        columns.append(sql.Identifier(column))
        values.append(_ours(given.pop(column)) if column in given else _default(field))
    assert not given, f"{model.__name__} has no {given}"
    return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(columns), sql.SQL(", ").join(values),
        _ours(source)
    )  # fmt: skip


def _ours(words: str) -> sql.SQL:
    return sql.SQL(words)


def _default(field: Any) -> sql.Composable:
    if field.null and not field.has_default():
        return sql.SQL("NULL")
    value = field.get_default()
    return sql.Literal(Json(value) if isinstance(field, JSONField) else value)
