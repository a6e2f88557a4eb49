"""A Jobber account's books as a ``Ledger``: clients, invoices with what was paid on them, and money on no invoice yet.

What changed is asked for by ``updatedAt``, from five minutes before the latest change of theirs that we have seen. That a
payment changes its invoice is nowhere promised: so the latest payments are looked at as well, and the invoices they are
on. Once a day everything open is compared, for what was deleted is told by webhooks alone.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from integrations import access, fields
from integrations.errors import Disconnected, NotAble, Refused, Unavailable
from integrations.fields import Bad, Json
from integrations.jobber import documents, latest, mapping, refs, walking
from integrations.jobber.client import Client, garbled
from integrations.jobber.people import goes_on, nodes
from integrations.jobber.walking import Place, Walk
from integrations.jobber.writing import Writer
from integrations.ledger import (
    Cursor,
    Gone,
    Home,
    Item,
    LedgerInvoice,
    LedgerPayment,
    Organisation,
    Page,
    TooFarBack,
    Unusable,
    Written,
)
from integrations.memories import Fleeting, Memories, Remembered
from integrations.models import Connection
from syntharra import clock

OVERLAP = timedelta(minutes=5)
OPEN = ("past_due", "awaiting_payment", "sent_not_due")
_CURRENCIES = {"US": "USD", "CA": "CAD", "GB": "GBP"}
_STAGES = (("client", walking.CLIENTS), ("invoice", walking.INVOICES))
_MOST_MORE = 200


def open_ledger(connection: Connection, *, patience: float) -> "JobberLedger":
    """The books of a connection."""
    client = Client(
        account=connection.account,
        access=partial(access.token, connection.pk),
        sandbox=connection.sandbox,
        patience=patience,
    )
    home = Home(connection.currency, connection.country, connection.time_zone)
    return JobberLedger(client, connection.account, home, memories=Remembered(connection.pk))


class JobberLedger:
    """One account's books; see ``integrations.ledger.Ledger``."""

    def __init__(self, client: Client, account: str, home: Home, *, memories: Memories | None = None) -> None:
        self._client, self._account, self._home = client, account, home
        self._writer = Writer(client, memories or Fleeting(), self.one_invoice)
        self._read: set[str] = set()  # invoices read in this walk: their payments came with them

    def close(self) -> None:
        self._client.close()

    def organisation(self) -> Organisation:
        """Whose books these are. Raises Disconnected when they are another account's than the one we asked for.

        They say neither currency nor time zone: the one follows from the country, the other is the business's own.
        """
        found = account_in(self._client)
        if found.get("id") != self._account:
            raise Disconnected(_("Jobber says that this sign-in opens another account."), problem="access_removed")
        country = fields.text(found, "countryCode").upper()
        country = country if len(country) == 2 and country.isalpha() else self._home.country
        return Organisation(
            account=self._account,
            name=fields.text(found, "name", most=200),
            currency=_CURRENCIES.get(country, self._home.currency),
            country=country,
        )

    def count(self, cursor: Cursor) -> int:
        """Unknown: they ask not to be asked for totals, which cost far more than the rows."""
        return 0

    def whole(self, cursor: Cursor) -> Iterator[Page]:
        yield from self._pages(cursor)

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        if not isinstance(cursor.get("marks"), dict):
            raise TooFarBack({})
        if cursor.get("compared") != self._today() and "stage" not in cursor:
            raise TooFarBack({"marks": cursor["marks"], "latest": cursor.get("latest", [])})
        yield from self._pages(cursor)

    def some(self, kind: str, external_ids: Sequence[str]) -> list[Item]:
        if kind == "payment":
            return self._some_payments(external_ids)
        if kind == "invoice":
            return [self.one_invoice(external_id) for external_id in external_ids]
        if kind == "customer":
            return [self._customer(external_id) for external_id in external_ids]
        return [Gone(kind, external_id) for external_id in external_ids]  # they have no credit notes

    def open_invoices(self) -> Iterator[list[Item]]:
        for status in OPEN:
            for raws, _following in Walk(self._client, walking.INVOICES, {"status": status}).pages(Place()):
                items = [self._item("invoice", raw) for raw in raws if not mapping.left_out("invoice", raw)]
                yield [item for item in items if not isinstance(item, LedgerInvoice) or item.balance > 0]

    def one_invoice(self, external_id: str) -> LedgerInvoice | Gone | Unusable:
        raw = self._invoice(external_id)
        if raw is None or mapping.left_out("invoice", raw):
            return Gone("invoice", external_id)
        item = self._item("invoice", raw)
        assert isinstance(item, LedgerInvoice | Unusable)
        return item

    def lower(self, invoice: str, amount: Decimal, *, key: str, reason: str) -> Written:
        return self._writer.lower(invoice, amount, key=key)

    def write_off(self, invoice: str, *, key: str, reason: str) -> Written:
        return self._writer.write_off(invoice)

    def note(self, invoice: str, words: str, *, key: str) -> Written:
        return self._writer.note(invoice, words, key=key)

    def remind(self, invoice: str, *, on: bool, key: str) -> Written:
        raise NotAble(_("Jobber lets no program turn its follow-ups off or on."))

    def _pages(self, cursor: Cursor) -> Iterator[Page]:
        """Stage by stage from where the cursor stands. ``marks``: per kind, their own instant of the latest change."""
        marks: dict[str, str] = dict(cursor.get("marks") or {})
        kept: Cursor = {name: cursor[name] for name in ("latest", "compared") if name in cursor}
        self._read = set()
        for number in range(int(cursor.get("stage", 0)), len(_STAGES)):
            entity, listing = _STAGES[number]
            place = Place(_before(marks.get(entity, "")))
            if number == cursor.get("stage") and "at" in cursor:
                place = Place(str(cursor["at"]), str(cursor.get("after", "")))
            for raws, following in Walk(self._client, listing).pages(place):
                marks[entity] = _latest(marks.get(entity, ""), raws)
                beyond: Cursor = {"stage": number + 1}
                if following is not None:
                    beyond = {"stage": number, "at": following.at, "after": following.after}
                items = [item for raw in raws for item in self._ours(entity, raw)]
                yield Page(tuple(items), {"marks": dict(marks), **beyond, **kept})
        yield from self._money_on_no_invoice(cursor, marks)

    def _money_on_no_invoice(self, cursor: Cursor, marks: dict[str, str]) -> Iterator[Page]:
        """The last stage: all such payments the first time, later those among the latest."""
        here: Cursor = {"marks": marks, "stage": len(_STAGES)}
        if "walked" in cursor:  # to its end, in an earlier turn
            newest = [str(one) for one in cursor["walked"]]
        elif "latest" in cursor:
            news, newest = latest.news(self._client, [str(one) for one in cursor["latest"]])
            loose = [self._item("payment", raw) for raw in news if latest.is_loose(raw)]
            elsewhere = [one for one in latest.invoices(news) if one not in self._read]
            items = [item for one in dict.fromkeys(elsewhere) for item in self._with_payments(one)]
            if loose or items:
                yield Page((*items, *loose), {**here, "latest": cursor["latest"], "walked": newest})
        else:
            newest = [str(one) for one in cursor.get("began") or latest.heads(self._client)]
            place = Place(str(cursor.get("at", "")), str(cursor.get("after", "")))
            place = place if cursor.get("stage") == len(_STAGES) else Place()
            for raws, following in Walk(self._client, walking.PAYMENTS).pages(place):
                loose = [self._item("payment", raw) for raw in raws if latest.is_loose(raw)]
                beyond = {"at": following.at, "after": following.after} if following is not None else {"walked": newest}
                yield Page(tuple(loose), {**here, **beyond, "began": newest})
        yield Page((), {"marks": marks, "latest": newest, "compared": self._today()}, done=True)

    def _ours(self, entity: str, raw: Any) -> list[Item]:
        """What one row of a list holds, once it is complete; nothing for what is not ours."""
        if mapping.left_out(entity, raw):
            return []
        if entity == "client":
            return [self._customer(refs.identifier(raw)) if goes_on(raw, "contacts") else self._item(entity, raw)]
        if goes_on(raw, "lineItems") or goes_on(raw, "paymentRecords"):
            return self._with_payments(refs.identifier(raw))
        return self._and_payments(raw)

    def _and_payments(self, raw: Any) -> list[Item]:
        item = self._item("invoice", raw)
        self._read.add(item.external_id)
        return [item, *mapping.laid_in(raw, self._home)]

    def _with_payments(self, external_id: str) -> list[Item]:
        """This invoice, read by its id, and what was paid on it."""
        raw = self._invoice(external_id)
        if raw is None:
            return [Gone("invoice", external_id)]
        return [] if mapping.left_out("invoice", raw) else self._and_payments(raw)

    def _item(self, entity: str, raw: Any) -> Item:
        return mapping.item(entity, raw, self._home)

    def _invoice(self, external_id: str) -> Json | None:
        """The whole invoice, every line and payment; None where they do not have it."""
        raw = self._one(documents.INVOICE, "invoice", external_id)
        for _turn in range(_MOST_MORE):
            after = [goes_on(raw, name) for name in ("lineItems", "paymentRecords")]
            if raw is None or not any(after):
                break
            # One of them may be at its end already: asked from there it brings nothing.
            ends = [one or _end(raw, name) for one, name in zip(after, ("lineItems", "paymentRecords"), strict=True)]
            more = self._client.run(documents.INVOICE_MORE, id=external_id, lines=ends[0], payments=ends[1])
            try:
                raw = _joined(raw, fields.inner(more, "invoice"))
            except Bad as bad:
                raise garbled(bad) from None
        return raw

    def _customer(self, external_id: str) -> Item:
        raw = self._one(documents.CLIENT, "client", external_id)
        if raw is None or mapping.left_out("client", raw):
            return Gone("customer", external_id)
        return self._item("client", raw)

    def _some_payments(self, external_ids: Sequence[str]) -> list[Item]:
        """As their invoices have them, each invoice read once: only there stands what became of them."""
        on: dict[str, dict[str, LedgerPayment | Unusable]] = {}
        found: list[Item] = []
        for external_id in external_ids:
            raw = self._one(documents.PAYMENT, "paymentRecord", external_id)
            if raw is None or mapping.left_out("payment", raw):
                found.append(Gone("payment", external_id))
                continue
            for invoice in latest.invoices([raw]):
                if invoice not in on:
                    laid_in = mapping.laid_in(self._invoice(invoice), self._home)
                    on[invoice] = {item.external_id: item for item in laid_in}
                if external_id in on[invoice]:
                    found.append(on[invoice][external_id])
                    break
            else:
                found.append(self._item("payment", raw))
        return found

    def _one(self, document: documents.Document, name: str, external_id: str) -> Json | None:
        """This object; None where they do not have it."""
        if not refs.is_id(external_id):
            return None
        try:
            said = self._client.run(document, id=external_id)
            raw = fields.inner(said, name) if said.get(name) is not None else None
        except Refused as error:
            if error.problem == "not_in_books":
                return None
            raise
        except Bad as bad:
            raise garbled(bad) from None
        if raw is not None and raw.get("id") != external_id:
            raise Unavailable(_("Jobber sent another object than we asked for."), problem="answer_garbled")
        return raw

    def _today(self) -> str:
        return clock.today(self._home.zone).isoformat()


def account_in(client: Client) -> Json:
    """The account a token opens. Raises Unavailable where they do not say."""
    try:
        found = fields.inner(client.run(documents.ACCOUNT), "account")
        if not fields.identifier(found.get("id"), "id"):
            raise Bad("no_id", "account")
    except Bad as bad:
        raise garbled(bad) from None
    return found


def _before(mark: str) -> str:
    """A little before it: what was being saved at that moment may have come to light later."""
    moment = refs.moment(mark)
    return (moment - OVERLAP).isoformat().replace("+00:00", "Z") if moment is not None else ""


def _latest(mark: str, raws: list[Any]) -> str:
    known = [mark, *(fields.text(raw, "updatedAt", most=60) for raw in raws if isinstance(raw, dict))]
    return max(known, key=refs.order)


def _end(raw: Json, name: str) -> str | None:
    return fields.text(fields.inner(fields.inner(raw, name), "pageInfo"), "endCursor") or None


def _joined(raw: Json, more: Json) -> Json:
    """An invoice with further lines and payments."""
    return raw | {
        name: {"nodes": nodes(raw, name) + nodes(more, name), "pageInfo": fields.inner(more, name).get("pageInfo")}
        for name in ("lineItems", "paymentRecords")
    }
