"""A QuickBooks company's books as a ``Ledger``: pages, changes, and what is no longer there.

The whole is read kind by kind in the order of ids (``Id > 'last'``): an object deleted or changed while we page moves
nothing past us. Changes come from CDC, asked for from five minutes before the last answer's own time; where CDC cannot
tell (too long ago, or too much at once) the caller is sent back to the whole, narrowed to what changed since then.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _

from integrations import access, fields
from integrations.errors import NotAble, Refused, Unavailable
from integrations.fields import Bad, Json
from integrations.ledger import (
    Cursor,
    Gone,
    Home,
    Item,
    LedgerInvoice,
    Organisation,
    Page,
    TooFarBack,
    Unusable,
    Written,
)
from integrations.models import Connection
from integrations.quickbooks import mapping, receiving, writing
from integrations.quickbooks.client import Client
from integrations.quickbooks.places import places
from syntharra import clock

PAGE = 1000
CHANGES_AT_MOST = 1000
CHANGES_LOOK_BACK = timedelta(days=29)
OVERLAP = timedelta(minutes=5)
AT_A_TIME = 100

_ENTITY_OF = {kind: entity for entity, kind in mapping.ENTITIES.items()}
_STAGES = list(mapping.ENTITIES)


def open_ledger(connection: Connection, *, patience: float) -> "QuickBooksLedger":
    """The books of a connection."""
    client = Client(
        api=places(sandbox=connection.sandbox).api,
        account=connection.account,
        access=partial(access.token, connection.pk),
        sandbox=connection.sandbox,
        patience=patience,
    )
    return QuickBooksLedger(client, connection.account, Home(connection.currency, connection.country))


class QuickBooksLedger:
    """One company's books; see ``integrations.ledger.Ledger``."""

    def __init__(self, client: Client, account: str, home: Home) -> None:
        self.client, self.home = client, home
        self._account = account

    def close(self) -> None:
        self.client.close()

    def organisation(self) -> Organisation:
        """Whose books these are. Raises Disconnected when they are another company's than the one we asked for."""
        info = _object(self.client.read(f"/companyinfo/{self._account}"), "CompanyInfo")
        preferences = _object(self.client.read("/preferences"), "Preferences")
        if not info:
            raise Unavailable(_("QuickBooks did not say whose books these are."), problem="answer_garbled")
        named = fields.text(info, "CompanyName", most=200) or fields.text(info, "LegalName", most=200)
        home = fields.inner(fields.inner(preferences, "CurrencyPrefs"), "HomeCurrency")
        country = fields.text(info, "Country").upper()[:2]
        return Organisation(
            account=self._account,
            name=named,
            currency=fields.text(home, "value").upper()[:3] or self.home.currency,
            country=country if len(country) == 2 and country.isalpha() else self.home.country,
            time_zone=fields.text(info, "DefaultTimeZone", most=64),
        )

    def count(self, cursor: Cursor) -> int:
        since = _since(cursor)
        counted = (self.client.query(_select("COUNT(*)", entity, since=since)) for entity in _STAGES)
        return sum(_total(answer) for answer in counted)

    def whole(self, cursor: Cursor) -> Iterator[Page]:
        began, since, last = cursor.get("began"), _since(cursor), str(cursor.get("last", ""))
        stage = int(cursor.get("stage", 0))
        while stage < len(_STAGES):
            items, answer, following = self._page(_STAGES[stage], since=since, after=last)
            # What changes while we read is asked for again afterwards, so the next sync starts where this one began.
            began = began or fields.text(answer, "time")
            stage, last = (stage, following) if following else (stage + 1, "")
            position = {"stage": stage, "last": last, "began": began} | ({"since": since} if since else {})
            yield Page(tuple(items), position)
        yield Page((), {"since": began}, done=True)

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        since = fields.moment(_since(cursor))
        if since is None:
            raise TooFarBack({})
        asked_from = since - OVERLAP
        if clock.now() - asked_from > CHANGES_LOOK_BACK:
            raise TooFarBack({"since": asked_from.isoformat()})
        answer = self.client.read("/cdc", entities=",".join(_STAGES), changedSince=asked_from.isoformat())
        try:
            items = mapping.changed(answer, self.home)
        except Bad as bad:
            raise _garbled(bad) from None
        if len(items) >= CHANGES_AT_MOST:
            raise TooFarBack({"since": asked_from.isoformat()})
        yield Page(tuple(items), {"since": fields.text(answer, "time")}, done=True)

    def some(self, kind: str, external_ids: Sequence[str]) -> list[Item]:
        found: dict[str, Item] = {}
        entity = _ENTITY_OF[kind]
        for start in range(0, len(external_ids), AT_A_TIME):
            wanted = ", ".join(_quoted(external_id) for external_id in external_ids[start : start + AT_A_TIME])
            statement = _select("*", entity, f"Id IN ({wanted})") + f" MAXRESULTS {PAGE}"
            for item in self._listed(self.client.query(statement), entity):
                found[item.external_id] = item
        return [found.get(external_id) or Gone(kind, external_id) for external_id in external_ids]

    def open_invoices(self) -> Iterator[list[Item]]:
        last = ""
        while True:
            items, _answer, last = self._page("Invoice", since=None, after=last, also="Balance > '0'")
            yield items
            if not last:
                return

    def one_invoice(self, external_id: str) -> LedgerInvoice | Gone | Unusable:
        try:
            answer = self.client.read(f"/invoice/{_in_path(external_id)}", include="invoiceLink")
        except Refused as error:
            if error.problem == "not_in_books":
                return Gone("invoice", external_id)
            raise
        item = mapping.item("Invoice", answer.get("Invoice"), self.home)
        if not isinstance(item, LedgerInvoice | Gone | Unusable) or item.external_id != external_id:
            raise Unavailable(_("QuickBooks sent another invoice than we asked for."), problem="answer_garbled")
        return item

    def lower(self, invoice: str, amount: Decimal, *, key: str, reason: str) -> Written:
        """By a credit memo over the amount, set against the invoice."""
        return self._written(invoice, amount, key=key, words=reason or _("Adjustment"))

    def write_off(self, invoice: str, *, key: str, reason: str) -> Written:
        """They have no write-off: a credit memo over all that is owed, named a bad debt, comes nearest."""
        return self._written(invoice, None, key=key, words=_("Bad debt"))

    def note(self, invoice: str, words: str, *, key: str) -> Written:
        raise NotAble(_("QuickBooks prints the notes a program can write on statements for the customer."))

    def remind(self, invoice: str, *, on: bool, key: str) -> Written:
        raise NotAble(_("QuickBooks lets no program turn its reminders off for one invoice."))

    def receive(self, invoice: str, amount: Decimal, *, on: date, key: str) -> Written:
        try:
            return receiving.payment(self, invoice, amount, on=on, key=key)
        except Bad as bad:
            raise _garbled(bad) from None

    def _written(self, invoice: str, amount: Decimal | None, *, key: str, words: str) -> Written:
        try:
            return writing.credit(self, invoice, amount, key=key, words=words)
        except Bad as bad:
            raise _garbled(bad) from None

    def _page(self, entity: str, *, since: str | None, after: str, also: str = "") -> tuple[list[Item], Json, str]:
        """One page in the order of ids, and the id to go on after ("" at the end)."""
        beyond = f"Id > {_quoted(after)}" if after else ""
        statement = _select("*", entity, beyond, also, since=since)
        answer = self.client.query(f"{statement} ORDERBY Id STARTPOSITION 1 MAXRESULTS {PAGE}")
        items = self._listed(answer, entity)
        if len(items) < PAGE:
            return items, answer, ""
        last = next((item.external_id for item in reversed(items) if item.external_id), "")
        if last in ("", after):
            raise Unavailable(_("QuickBooks sent the same page twice."), problem="answer_garbled")
        return items, answer, last

    def _listed(self, answer: Json, entity: str) -> list[Item]:
        try:
            return mapping.listed(answer, entity, self.home)
        except Bad as bad:
            raise _garbled(bad) from None


def _since(cursor: Cursor) -> str | None:
    found = cursor.get("since")
    return str(found) if found else None


def _select(what: str, entity: str, *also: str, since: str | None = None) -> str:
    """A statement of their query language, which knows AND only."""
    conditions = [condition for condition in also if condition]
    if entity == "Customer":
        conditions.append("Active IN (true, false)")  # without it those no longer active are left out in silence
    if since:
        conditions.append(f"MetaData.LastUpdatedTime > {_quoted(since)}")
    where = " WHERE " + " AND ".join(conditions) if conditions else ""
    return f"SELECT {what} FROM {entity}{where}"  # noqa: S608  (no database: values are quoted by _quoted)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _in_path(external_id: str) -> str:
    if not external_id.isalnum():
        raise Refused(_("This is no id of QuickBooks."), problem="not_in_books")
    return external_id


def _total(answer: Json) -> int:
    try:
        return int(fields.inner(answer, "QueryResponse").get("totalCount", 0))
    except (Bad, TypeError, ValueError, ArithmeticError):
        return 0


def _object(answer: Json, name: str) -> Json:
    try:
        return fields.inner(answer, name)
    except Bad as bad:
        raise _garbled(bad) from None


def _garbled(bad: Bad) -> Unavailable:
    return Unavailable(_("QuickBooks sent something we cannot read."), said=str(bad), problem="answer_garbled")
