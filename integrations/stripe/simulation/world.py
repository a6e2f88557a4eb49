"""The simulated processor's state: accounts, pages to pay on, payments, what went back of them, events. One event loop."""

import json
import random
import string
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from integrations.stripe.simulation.config import StripeSimConfig
from integrations.stripe.simulation.errors import no_such, wrong

type Json = dict[str, Any]
VERSION = "2026-10-28.endive"
DUE_AFTER = 10 * 86_400
KINDS = ("sessions", "intents", "charges", "refunds", "disputes")
CALLED = {"sessions": "checkout.session", "intents": "payment_intent", "charges": "charge", "refunds": "refund",
          "disputes": "dispute"}  # fmt: skip
DECLINED, NEEDS_MORE, DISPUTED, GOOD = "4000000000000002", "4000002500003155", "4000000000000259", "4242424242424242"
CARDS = {GOOD: "", DISPUTED: "disputed", DECLINED: "declined", NEEDS_MORE: "authentication"}
BANK = "000123456789"  # a bank account: the money takes days


class StripeWorld:
    """Everything there is. ``tell`` is given each event of a connected account as it happens."""

    def __init__(self, config: StripeSimConfig, tell: Callable[[Json], None]) -> None:
        self.config, self._tell = config, tell
        self.offset_seconds = 0.0
        self._random = random.Random(config.seed)  # noqa: S311 - ids of a sandbox
        self.state: Json = {}
        self.begin()

    def begin(self) -> None:
        """The initial state again, or as it was kept."""
        self.state = {"connected": [], "codes": {}, "made": 0, "keys": {}, "events": [], "finished": []}
        self.state |= {kind: {} for kind in KINDS}
        kept = Path(self.config.state_file) if self.config.state_file else None
        if kept is not None and kept.exists():
            try:
                self.state |= json.loads(kept.read_text())
            except ValueError:
                kept.unlink()

    def keep(self) -> None:
        """Over a restart, where the sandbox has a place for it."""
        if self.config.state_file:
            Path(self.config.state_file).write_text(json.dumps(self.state))

    def machine(self) -> int:
        return int(time.time())

    def now(self) -> int:
        """The sandbox's business time."""
        return int(time.time() + self.offset_seconds)

    def new_id(self, prefix: str) -> str:
        self.state["made"] += 1
        letters = "".join(self._random.choices(string.ascii_letters + string.digits, k=20))
        return f"{prefix}_{self.state['made']}{letters}"

    def account(self, name: str) -> Json:
        """An account as it shows itself. Raises for a stranger."""
        for one in self.config.accounts:
            if one.id == name:
                ready = one.charges_enabled or name in self.state["finished"]
                return {
                    "id": one.id, "object": "account", "type": "standard", "country": one.country, "email": one.email,
                    "default_currency": one.currency, "charges_enabled": ready, "payouts_enabled": ready,
                    "details_submitted": ready, "business_profile": {"name": one.name, "url": None},
                    "settings": {"dashboard": {"display_name": one.name, "timezone": "America/New_York"}},
                    "controller": {"type": "account"}, "capabilities": {"card_payments": "active" if ready else "inactive"},
                    "metadata": {},
                }  # fmt: skip
        raise no_such("account", name)

    def find(self, kind: str, account: str, name: str) -> Json:
        """An object of this account, of no other. Raises what the processor says."""
        self.let_run_out()
        found: Json | None = self.state[kind].get(name)
        if found is None or found["_account"] != account:
            raise no_such(CALLED[kind], name)
        return found

    def let_run_out(self) -> None:
        for session in self.state["sessions"].values():
            if session["status"] == "open" and session["expires_at"] <= self.machine():
                self.end_session(session)

    def end_session(self, session: Json) -> Json:
        if session["status"] != "open":
            raise wrong(
                f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
                f"{session['status']}.",
            )
        session |= {"status": "expired", "url": None}
        self.happened("checkout.session.expired", session)
        return session

    def pay(self, session: Json, number: str) -> str:
        """Somebody pays on the page with this card or bank account; "" or why it did not go through."""
        if session["status"] != "open":
            raise wrong("You cannot pay on this page any more.")
        if number != BANK and number not in CARDS:
            return "Your card number is incorrect."
        how = CARDS.get(number, "")
        if how in ("declined", "authentication"):
            intent = self._intent(session, "requires_payment_method")
            self.happened("payment_intent.payment_failed", intent)
            return "Your card has been declined." if how == "declined" else "Your bank needs to authenticate you."
        later = number == BANK
        intent = self._intent(session, "processing" if later else "succeeded")
        session |= {
            "status": "complete", "url": None, "payment_intent": intent["id"],
            "payment_status": "unpaid" if later else "paid",
        }  # fmt: skip
        if not later:
            self._charge(intent)
            self.happened("payment_intent.succeeded", intent)
        self.happened("checkout.session.completed", session)
        if how == "disputed":
            self.dispute(intent, reason="fraudulent")
        return ""

    def settle(self, session: Json, *, arrives: bool) -> None:
        """A bank transfer that was under way arrives, or comes back."""
        intent = self.state["intents"][session["payment_intent"]]
        if intent["status"] != "processing":
            raise wrong("This payment is not under way.")
        if arrives:
            intent["status"], session["payment_status"] = "succeeded", "paid"
            self._charge(intent)
        else:
            intent["status"] = "requires_payment_method"
        name = "succeeded" if arrives else "failed"
        self.happened(f"checkout.session.async_payment_{name}", session)

    def _intent(self, session: Json, status: str) -> Json:
        known: Json | None = self.state["intents"].get(session.get("_intent", ""))
        if known is None:
            known = {
                "id": self.new_id("pi"), "object": "payment_intent", "amount": session["amount_total"],
                "currency": session["currency"], "latest_charge": None, "livemode": False, "created": self.machine(),
                "metadata": dict(session["_intent_metadata"]), "_account": session["_account"],
            }  # fmt: skip
            self.state["intents"][known["id"]] = known
            session["_intent"] = known["id"]
        known["status"] = status
        return known

    def _charge(self, intent: Json) -> None:
        charge = {
            "id": self.new_id("ch"), "object": "charge", "amount": intent["amount"], "amount_refunded": 0,
            "amount_captured": intent["amount"], "captured": True, "currency": intent["currency"], "disputed": False,
            "paid": True, "payment_intent": intent["id"], "refunded": False, "status": "succeeded", "livemode": False,
            "created": self.machine(), "metadata": {}, "_account": intent["_account"],
        }  # fmt: skip
        self.state["charges"][charge["id"]] = charge
        intent["latest_charge"] = charge["id"]

    def refund(self, charge: Json, amount: int, *, fails: bool = False) -> Json:
        """The firm gives money back; a refund that fails is taken back later."""
        if not 0 < amount <= charge["amount"] - charge["amount_refunded"]:
            raise wrong("Refund amount is greater than unrefunded amount on charge", "amount", code="amount_too_large")
        refund = {
            "id": self.new_id("re"), "object": "refund", "amount": amount, "charge": charge["id"],
            "currency": charge["currency"], "payment_intent": charge["payment_intent"], "status": "succeeded",
            "created": self.machine(), "reason": None, "metadata": {}, "_account": charge["_account"],
        }  # fmt: skip
        self.state["refunds"][refund["id"]] = refund
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.happened("charge.refunded", charge)
        if fails:
            charge["amount_refunded"] -= amount
            charge["refunded"] = False
            refund["status"] = "failed"
            # ``charge.refund.updated`` comes for some ways of paying only; these come for all.
            self.happened("refund.failed", refund)
            self.happened("refund.updated", refund)
        return refund

    def dispute(self, intent: Json, *, reason: str, amount: int | None = None, inquiry: bool = False) -> Json:
        """The customer's bank takes the money back, or (``inquiry``) only asks."""
        charge = self.state["charges"][intent["latest_charge"]]
        dispute = {
            "id": self.new_id("du"), "object": "dispute", "amount": amount or charge["amount"], "charge": charge["id"],
            "currency": charge["currency"], "payment_intent": intent["id"], "reason": reason, "livemode": False,
            "status": "warning_needs_response" if inquiry else "needs_response", "created": self.now(),
            "balance_transactions": [], "is_charge_refundable": inquiry, "metadata": {}, "evidence": {},
            "evidence_details": {
                "due_by": self.now() + DUE_AFTER, "has_evidence": False, "past_due": False, "submission_count": 0,
            },
            "_account": charge["_account"],
        }  # fmt: skip
        self.state["disputes"][dispute["id"]] = dispute
        charge["disputed"] = True
        self.happened("charge.dispute.created", dispute)
        if not inquiry:
            self._entry(dispute, -dispute["amount"])
            self.happened("charge.dispute.funds_withdrawn", dispute)
        return dispute

    def close_dispute(self, dispute: Json, *, won: bool) -> Json:
        inquiry = dispute["status"].startswith("warning")
        dispute["status"] = "warning_closed" if inquiry else "won" if won else "lost"
        if won and not inquiry:
            self._entry(dispute, dispute["amount"])
            self.happened("charge.dispute.funds_reinstated", dispute)
        self.happened("charge.dispute.closed", dispute)
        return dispute

    def _entry(self, dispute: Json, amount: int) -> None:
        dispute["balance_transactions"].append(
            {"id": self.new_id("txn"), "object": "balance_transaction", "amount": amount, "currency": dispute["currency"],
             "type": "adjustment", "fee": 1500 if amount < 0 else 0}
        )  # fmt: skip

    def happened(self, name: str, of: Json, account: str = "") -> None:
        """An event with the object as it is at this moment."""
        event = {
            "id": self.new_id("evt"), "object": "event", "api_version": VERSION, "created": self.machine(), "type": name,
            "account": account or of["_account"], "livemode": False, "pending_webhooks": 1, "data": {"object": shown(of)},
            "request": {"id": None, "idempotency_key": None},
        }  # fmt: skip
        self.state["events"].append(event)
        del self.state["events"][:-500]
        self._tell(event)


def shown(found: Json) -> Json:
    """An object without what is only ours to know."""
    return {name: deepcopy(value) for name, value in found.items() if not name.startswith("_")}
