"""QuickBooks' simulator is older than what the others share: here it answers to the same handles."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from syntharra import clock
from tests.integrations.quickbooks.simulator_server import Vendor

_numbers = itertools.count(9001)


@dataclass
class QuickBooksControl:
    """The acts of the people in the books, in neutral words, through its control API and its own API."""

    base_url: str
    vendor: Vendor = field(init=False)

    def __post_init__(self) -> None:
        self.vendor = Vendor(self.base_url)

    def reset(self) -> None:
        self.vendor.control("reset")
        self.vendor.tokens = {}

    def clear_faults(self) -> None:
        self.vendor.http.delete("/_sim/faults")

    def settings(self, **changes: Any) -> Any:
        return self.vendor.control("settings", **changes)

    def fault(self, *, kind: str, **match: Any) -> Any:
        known = {"drop-answer": "cut-connection", "html-503": "503-html", "empty-500": "500-empty"}
        named = {name: match.pop(name) for name in ("path", "method") if match.get(name)}
        return self.vendor.control("faults", kind=known.get(kind, kind), match=named, **match)

    def faults(self) -> list[Any]:
        return list(self.vendor.look("faults")["faults"])

    def requests(self, path: str = "") -> list[Any]:
        return [one for one in self.vendor.look("requests")["requests"] if path in one["path"]]

    def disconnect(self, account: str) -> int:
        return int(self.vendor.control("disconnect", realm=account)["ended"])

    def expire(self, account: str = "", **_which: bool) -> int:
        return int(self.vendor.control("expire", realm=account)["expired"])

    def webhooks(self, **changes: Any) -> Any:
        if not changes:
            return self.vendor.look("webhooks")
        changes.pop("wrong_signature", None)
        return self.vendor.control("webhooks", **changes)

    def odd(self, account: str, kind: str, id: str, fields: Any, *, quiet: bool = False) -> Any:
        entity = {"customer": "Customer", "invoice": "Invoice", "payment": "Payment", "credit": "CreditMemo"}[kind]
        return self.vendor.control(
            "objects", realm=account, entity=entity, object={"Id": id, **fields}, merge=True, quiet=quiet
        )

    def truth(self, account: str) -> dict[str, Any]:
        found = self.vendor.look(f"books/{account}")["objects"]
        paid: dict[str, Decimal] = {}
        for payment in found["Payment"]:
            cash = Decimal(payment["TotalAmt"]) - Decimal(payment.get("UnappliedAmt") or 0)
            for line in payment.get("Line", []):
                for link in line.get("LinkedTxn", []):
                    if link["TxnType"] == "Invoice" and cash > 0:
                        paid[link["TxnId"]] = paid.get(link["TxnId"], Decimal(0)) + Decimal(line["Amount"])
        return {
            one["Id"]: {
                "number": one.get("DocNumber", one["Id"]),
                "customer": one["CustomerRef"]["value"],
                "status": _status(one),
                "currency": "USD",
                "total": str(one["TotalAmt"]),
                "balance": str(one["Balance"]),
                "paid": str(paid.get(one["Id"], Decimal(0))),
            }
            for one in found["Invoice"]
        }

    def act(self, account: str, verb: str, /, **facts: Any) -> Any:
        self.vendor.realm = account
        if not self.vendor.tokens:
            self.vendor.connect()
        return getattr(self, f"_{verb}")(**facts)

    def _add_customer(self, *, name: str, company: str = "", email: str = "", phones: Any = None, **more: Any) -> Any:
        phones = phones or {}
        body: dict[str, Any] = {
            "DisplayName": f"{name} {next(_numbers)}",
            "CompanyName": company,
            "PrimaryEmailAddr": {"Address": email},
            "GivenName": more.get("given", ""),
            "FamilyName": more.get("family", ""),
            "Notes": more.get("note", ""),
        }
        for kind, where in (("work", "PrimaryPhone"), ("mobile", "Mobile"), ("home", "AlternatePhone")):
            if phones.get(kind):
                body[where] = {"FreeFormNumber": phones[kind]}
        made = self._plant("Customer", {"Id": str(next(_numbers)), "Active": True, **body})
        return {"id": made["Id"], "name": made["DisplayName"]}

    def _change_customer(self, *, id: str, **facts: Any) -> Any:
        named = {"name": "DisplayName", "company": "CompanyName", "active": "Active"}
        return self._plant("Customer", {"Id": id, **{named[name]: value for name, value in facts.items()}}, merge=True)

    def _add_invoice(self, *, customer: str, lines: Any, **facts: Any) -> Any:
        today = clock.machine_now().date()
        body = {
            "CustomerRef": {"value": customer},
            "TxnDate": str(facts.get("issued_on") or today),
            "DueDate": str(facts.get("due_on") or today + timedelta(days=30)),
            "DocNumber": facts.get("number") or str(next(_numbers)),
            "EmailStatus": "EmailSent",
            "Line": [_line(line) for line in lines],
        }
        return {"id": self.vendor.post("invoice", body)["Invoice"]["Id"]}

    def _change_invoice(self, *, id: str, **facts: Any) -> Any:
        current = self.vendor.invoice(id)
        changes: dict[str, Any] = {}
        if "lines" in facts:
            changes["Line"] = [_line(line) for line in facts["lines"]]
        if "due_on" in facts:
            changes["DueDate"] = str(facts["due_on"])
        body = {"Id": id, "SyncToken": current["SyncToken"], "sparse": True, **changes}
        return self.vendor.post("invoice", body)["Invoice"]

    def _void_invoice(self, *, id: str) -> Any:
        return self.vendor.control("void", realm=self.vendor.realm, id=id)

    def _delete_invoice(self, *, id: str) -> Any:
        return self.vendor.control("delete", realm=self.vendor.realm, entity="Invoice", id=id)

    def _pay(self, *, customer: str, amount: Any, applied: Any = None, **facts: Any) -> Any:
        links = [
            {"Amount": str(part), "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}
            for invoice, part in (applied or {}).items()
        ]
        body = {"CustomerRef": {"value": customer}, "TotalAmt": str(amount), "Line": links}
        body["TxnDate"] = str(facts.get("paid_on") or clock.machine_now().date())
        return {"id": self.vendor.post("payment", body)["Payment"]["Id"]}

    def _reverse_payment(self, *, id: str, delete: bool = False) -> Any:
        how = "delete" if delete else "void"
        return self.vendor.control("refund", realm=self.vendor.realm, payment=id, how=how)

    def _add_credit(self, *, customer: str, total: Any, **_facts: Any) -> Any:
        line = _line({"description": "Credit", "quantity": "1", "price": str(total)})
        made = self.vendor.post("creditmemo", {"CustomerRef": {"value": customer}, "Line": [line]})["CreditMemo"]
        return {"id": made["Id"], "customer": customer}

    def _apply_credit(self, *, id: str, invoice: str, amount: Any) -> Any:
        customer = self.vendor.get(f"creditmemo/{id}")["CreditMemo"]["CustomerRef"]["value"]
        links = [
            {"Amount": str(amount), "LinkedTxn": [{"TxnId": what, "TxnType": kind}]}
            for what, kind in ((invoice, "Invoice"), (id, "CreditMemo"))
        ]
        body = {"CustomerRef": {"value": customer}, "TotalAmt": 0, "Line": links}
        return self.vendor.post("payment", body)["Payment"]

    def _plant(self, entity: str, given: Any, *, merge: bool = False) -> Any:
        planted = self.vendor.control("objects", realm=self.vendor.realm, entity=entity, object=given, merge=merge)
        return planted[entity]


def _line(line: Any) -> dict[str, Any]:
    amount = Decimal(line["quantity"]) * Decimal(line["price"])
    detail = {"ItemRef": {"value": "10"}, "Qty": line["quantity"], "UnitPrice": line["price"]}
    return {
        "DetailType": "SalesItemLineDetail",
        "Amount": str(amount),
        "Description": line["description"],
        "SalesItemLineDetail": detail,
    }


def _status(raw: Any) -> str:
    if Decimal(raw["TotalAmt"]) == 0 and str(raw.get("PrivateNote") or "").startswith("Voided"):
        return "void"
    return "open" if Decimal(raw["Balance"]) > 0 else "paid"
