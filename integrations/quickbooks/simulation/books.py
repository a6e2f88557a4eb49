"""One company's books: its objects, their numbering, their times, and who owes what."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from integrations.quickbooks.simulation.amounts import amount_or_zero
from integrations.quickbooks.simulation.answers import ApiFault, Json
from integrations.quickbooks.simulation.clock import WorldClock, pacific
from integrations.quickbooks.simulation.table import Table

TRANSACTIONS = ("Invoice", "Payment", "CreditMemo")
ENTITIES = (*TRANSACTIONS, "Customer", "Item", "Term")
TRACKED = (*TRANSACTIONS, "Customer")
"""What change data capture and webhooks tell about."""

FIRST_TRANSACTION_ID = 600
FIRST_NAME_ID = 200
DEEPEST = 4
"""Levels a sub-customer may stand below its top customer."""

type Notice = Callable[[str, str, str, str], None]
"""Told about each change: realm, entity, id, operation."""


@dataclass
class Books:
    """Everything one company keeps. Saving bumps the lock token and the time; planting changes nothing it is given."""

    realm: str
    company: Json
    preferences: Json
    zone: ZoneInfo
    clock: WorldClock
    notice: Notice
    tables: dict[str, Table] = field(default_factory=lambda: {name: Table() for name in ENTITIES})
    _last_transaction: int = FIRST_TRANSACTION_ID
    _last_name: int = FIRST_NAME_ID
    _last_document: int = 3000
    _of_customer: dict[str, dict[tuple[str, str], None]] = field(default_factory=lambda: defaultdict(dict))
    _children: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))

    def get(self, entity: str, identity: str) -> Json:
        """The object. Raises the vendor's 610 where it is unknown or deleted."""
        item = self.tables[entity].get(identity)
        if item is None:
            detail = f"Object Not Found : Something you're trying to use has been made inactive: {entity} {identity}"
            raise ApiFault("610", "Object Not Found", detail)
        return item

    def today(self) -> date:
        """The company's local date in the simulated world."""
        return self.clock.today(self.zone)

    def next_id(self, entity: str) -> str:
        """Transactions share one numbering and names another, so an Invoice and a Customer may have the same id."""
        while True:
            if entity in TRANSACTIONS:
                self._last_transaction += 1
                identity = str(self._last_transaction)
            else:
                self._last_name += 1
                identity = str(self._last_name)
            if self.tables[entity].get(identity) is None:
                return identity

    def next_document(self) -> str:
        """The next invoice number."""
        self._last_document += 1
        return str(self._last_document)

    def add(self, entity: str, item: Json, *, at: datetime | None = None, quiet: bool = False) -> Json:
        """Put a new object in the books with the fields the vendor gives it; an id of its own is kept."""
        moment = pacific(at or self.clock.now())
        identity = str(item.get("Id") or self.next_id(entity))
        complete = {
            "domain": "QBO",
            "sparse": False,
            **item,
            "Id": identity,
            "SyncToken": "0",
            "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
        }
        self._put(entity, identity, complete)
        self._tell(entity, identity, "created", quiet=quiet)
        return complete

    def save(
        self,
        entity: str,
        item: Json,
        *,
        operation: str = "updated",
        at: datetime | None = None,
        quiet: bool = False,
    ) -> Json:
        """Store a changed object: next SyncToken, new time, one notice."""
        changed = {
            **item,
            "SyncToken": next_token(item),
            "MetaData": self.touched(item, at=at),
        }
        self._put(entity, changed["Id"], changed)
        self._tell(entity, changed["Id"], operation, quiet=quiet)
        return changed

    def touched(self, item: Json, *, at: datetime | None = None) -> Json:
        """The object's MetaData with the last change now."""
        meta = item.get("MetaData")
        return {**(meta if isinstance(meta, dict) else {}), "LastUpdatedTime": pacific(at or self.clock.now())}

    def plant(self, entity: str, item: Json, *, quiet: bool = False) -> Json:
        """Store an object as it is, however awkward; only an id and a time are added where there are none."""
        identity = str(item.get("Id") or self.next_id(entity))
        moment = pacific(self.clock.now())
        times = {"CreateTime": moment, "LastUpdatedTime": moment}
        planted = {"MetaData": times, **item, "Id": identity}
        known = self.tables[entity].get(identity) is not None
        self._put(entity, identity, planted)
        self._tell(entity, identity, "updated" if known else "created", quiet=quiet)
        return planted

    def remove(self, entity: str, identity: str) -> Json:
        """Delete an object; the answer is the little that changes still tell about it."""
        item = self.get(entity, identity)
        self._unfile(entity, identity, item)
        remains = {
            "domain": "QBO",
            "status": "Deleted",
            "Id": identity,
            "MetaData": {"LastUpdatedTime": pacific(self.clock.now())},
        }
        self.tables[entity].delete(identity, remains, self.clock.now().timestamp())
        self._tell(entity, identity, "deleted", quiet=False)
        return remains

    def transactions_of(self, customer: str) -> list[tuple[str, Json]]:
        """The customer's invoices, payments and credit memos, in no promised order."""
        filed = self._of_customer.get(customer, {})
        return [(entity, item) for entity, one in filed if (item := self.tables[entity].get(one)) is not None]

    def refresh_balance(self, customer: str | None, *, at: datetime | None = None, levels: int = DEEPEST) -> None:
        """Bring a customer's balance, and its parents', in line with the transactions."""
        item = self.tables["Customer"].get(customer) if customer else None
        if item is None or customer is None:
            return
        own = sum((_owed(entity, one) for entity, one in self.transactions_of(customer)), Decimal(0))
        jobs = sum((self._with_jobs(child) for child in self._children.get(customer, {})), Decimal(0))
        parent = reference(item, "ParentRef")
        if (item.get("Balance"), item.get("BalanceWithJobs")) != (own, own + jobs):
            meta = self.touched(item, at=at)
            self._put("Customer", customer, {**item, "Balance": own, "BalanceWithJobs": own + jobs, "MetaData": meta})
            if levels:
                self.refresh_balance(parent, at=at, levels=levels - 1)

    def whole(self) -> Json:
        """Everything, for the control API."""
        return {
            "realm": self.realm,
            "company": self.company,
            "preferences": self.preferences,
            "objects": {name: list(table) for name, table in self.tables.items()},
            "deleted": {name: self.tables[name].deleted() for name in TRACKED},
        }

    def counters(self) -> list[int]:
        """The last numbers given out."""
        return [self._last_transaction, self._last_name, self._last_document]

    def replace_all(self, objects: dict[str, list[Json]], deleted: dict[str, list[Json]], counters: list[int]) -> None:
        """Everything in the books is now this; nobody is told."""
        self.tables = {name: Table() for name in ENTITIES}
        self._of_customer.clear()
        self._children.clear()
        now = self.clock.now().timestamp()
        for entity, items in objects.items():
            for item in items:
                self._put(entity, item["Id"], item)
        for entity, remains in deleted.items():
            for one in remains:
                self.tables[entity].bury(one["Id"], one, now)
        self._last_transaction, self._last_name, self._last_document = counters

    def _with_jobs(self, customer: str) -> Decimal:
        item = self.tables["Customer"].get(customer)
        return amount_or_zero(item.get("BalanceWithJobs")) if item else Decimal(0)

    def _put(self, entity: str, identity: str, item: Json) -> None:
        before = self.tables[entity].get(identity)
        if before is not None:
            self._unfile(entity, identity, before)
        if entity == "Customer" and (parent := reference(item, "ParentRef")):
            self._children[parent][identity] = None
        if entity in TRANSACTIONS and (customer := reference(item, "CustomerRef")):
            self._of_customer[customer][entity, identity] = None
        self.tables[entity].put(identity, item, self.clock.now().timestamp())

    def _unfile(self, entity: str, identity: str, item: Json) -> None:
        if entity == "Customer" and (parent := reference(item, "ParentRef")):
            self._children[parent].pop(identity, None)
        if entity in TRANSACTIONS and (customer := reference(item, "CustomerRef")):
            self._of_customer[customer].pop((entity, identity), None)

    def _tell(self, entity: str, identity: str, operation: str, *, quiet: bool) -> None:
        if entity in TRACKED and not quiet:
            self.notice(self.realm, entity, identity, operation)


def reference(item: Json, name: str) -> str | None:
    """The id in a reference such as CustomerRef, if there is a readable one."""
    found = item.get(name)
    value = found.get("value") if isinstance(found, dict) else None
    return value if isinstance(value, str) and value else None


def next_token(item: Json) -> str:
    """The SyncToken after this one."""
    token = str(item.get("SyncToken", ""))
    return str(int(token) + 1) if token.isdecimal() else "1"


def full_name(customer: Json) -> str:
    """How transactions name a customer: a job with its parent before it."""
    return str(customer.get("FullyQualifiedName") or customer.get("DisplayName") or "")


def dictionaries(value: Any) -> list[Json]:
    """The objects in a JSON list; nothing where the value is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _owed(entity: str, item: Json) -> Decimal:
    match entity:
        case "Invoice":
            return amount_or_zero(item.get("Balance"))
        case "CreditMemo":
            return -amount_or_zero(item.get("RemainingCredit"))
        case _:
            return -amount_or_zero(item.get("UnappliedAmt"))
