"""How long every kind of row is kept, and why: one table, held complete by a test, carried out once a night.

Law sets the floor (12 CFR 1006.100: three years after the last collection activity), the house five years. Rows that
prove what was done outlive everything else; rows that only carried work go soon. ``None``: kept as long as the business.
Recordings lie at the carrier and have two terms of their own, to be heard and to be kept: ``calls.recordings``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import Model

from accounts.models import Business
from calls import recordings
from disputes.models import Dispute
from syntharra.clock import machine_now, now
from syntharra.tenancy import TenantModel, acting_for

FIVE_YEARS = timedelta(days=5 * 365 + 2)


@dataclass(frozen=True)
class Kept:
    """For how long after ``since`` (a field of the row), and why. ``since`` "" where ``period`` is None."""

    period: timedelta | None
    why: str
    since: str = ""


PROOF = Kept(None, "proves what was said, done and decided; goes with the business, five years after its last call")
BOOKS = Kept(None, "mirrors the firm's books; goes with the business")
PEOPLE = Kept(None, "people and their sign-in; goes when the person or the business leaves")
DOOR = Kept(None, "a look-up of one row of its business; goes with that row")

TABLE: dict[str, Kept] = {
    "syntharra.Link": Kept(timedelta(days=90), "an ended link opens nothing; kept a while to explain it", "expires_at"),
    "syntharra.LinkDoor": DOOR,
    "syntharra.Due": Kept(None, "work to look at; goes when the work is done"),
    "syntharra.SandboxClock": Kept(None, "one row for the installation"),
    "accounts.User": PEOPLE,
    "accounts.Business": PEOPLE,
    "accounts.Membership": PEOPLE,
    "accounts.AlertPhone": PEOPLE,
    "accounts.ActivityLine": PROOF,
    "accounts.ActivityDetail": PROOF,
    "integrations.Connection": BOOKS,
    "integrations.ConnectionDoor": DOOR,
    "integrations.PendingSignIn": Kept(timedelta(days=1), "a choice nobody made; useless after minutes", "until"),
    "integrations.Registration": BOOKS,
    "integrations.HookDoor": DOOR,
    "integrations.WriteMemory": Kept(
        timedelta(days=90), "a write that may be asked for again; nobody asks after weeks", "changed_at"
    ),
    "integrations.Hint": Kept(None, "what a webhook named; goes when the object was read"),
    "integrations.SyncRun": Kept(timedelta(days=90), "history for the connection page", "ended_at"),
    "integrations.SetAside": Kept(timedelta(days=90), "cleared problems of the books", "cleared_at"),
    "integrations.PhoneLine": PROOF,
    "integrations.NumberDoor": DOOR,
    "integrations.NumberLookup": PROOF,
    "integrations.NumberOrder": PROOF,
    "integrations.CarrierAccount": PROOF,
    "integrations.CarrierDoor": DOOR,
    "integrations.CardAccount": PROOF,
    "integrations.CardDoor": DOOR,
    "integrations.InboxEvent": Kept(timedelta(days=30), "a webhook that was read; replays come within days", "done_at"),
    "compliance.StopEntry": Kept(None, "a stop binds until the person lifts it"),
    "compliance.NumberKey": Kept(None, "stops written under a key need it for good"),
    "compliance.StopRequest": Kept(FIVE_YEARS, "that somebody asked for a stop and what came of it", "decided_at"),
    "compliance.Suppression": PROOF,
    "compliance.Consent": PROOF,
    "compliance.MessagingRegistration": PROOF,
    "compliance.TextConsent": PROOF,
    "compliance.PhoneContact": Kept(timedelta(days=400), "budgets look back a year at most", "at"),
    "compliance.Decision": Kept(FIVE_YEARS, "evidence of compliance: law three years, house five", "at"),
    "compliance.Statement": PROOF,
    "compliance.FirmRules": Kept(None, "what the firm set for itself; goes with the business"),
    "compliance.ConsumerGoLive": PROOF,
    "compliance.Declaration": Kept(None, "how the operator ran the installation; proves what its calls stood on"),
    "compliance.License": Kept(None, "licenses and opinions; prove what calls to a state stood on"),
    "compliance.StateBlackout": Kept(None, "days on which nobody was called; prove it"),
    "compliance.RefusalTally": Kept(FIVE_YEARS, "figures without persons", "updated_at"),
    "notifications.Duty": Kept(timedelta(days=400), "carried out; the timeline has what came of it", "done_at"),
    "notifications.Message": PROOF,
    "notifications.MessageInvoice": PROOF,
    "notifications.TextDelivery": PROOF,
    "notifications.ReplyAddress": Kept(
        timedelta(0), "answers to a letter two years old are nobody's any more", "until"
    ),
    "invoices.Customer": BOOKS,
    "invoices.Contact": BOOKS,
    "invoices.Invoice": BOOKS,
    "invoices.InvoiceLine": BOOKS,
    "invoices.Payment": BOOKS,
    "invoices.Allocation": BOOKS,
    "invoices.CreditMemo": BOOKS,
    "invoices.Promise": PROOF,
    "invoices.PaymentPlan": PROOF,
    "invoices.PlanInvoice": PROOF,
    "invoices.Installment": PROOF,
    "invoices.Hold": PROOF,
    "invoices.RoleDecision": PROOF,
    "invoices.SpokenLabel": BOOKS,
    "invoices.Checked": PROOF,
    "invoices.Replacement": PROOF,
    "invoices.BookEntry": PROOF,
    "invoices.Checkout": PROOF,
    "invoices.CheckoutInvoice": PROOF,
    "invoices.CardPayment": PROOF,
    "invoices.ValidationNotice": PROOF,
    "invoices.ImportBatch": Kept(
        timedelta(0), "a file not confirmed within a day; a confirmed one is a mirror", "ends_at"
    ),
    "invoices.ImportMapping": BOOKS,
    "disputes.Claim": PROOF,
    "disputes.Dispute": PROOF,
    "disputes.ClaimOn": PROOF,
    "disputes.HearingLabel": Kept(FIVE_YEARS, "what was said, and what the firm says it meant", "said_at"),
    "disputes.Specification": PROOF,
    "disputes.Post": PROOF,
    "disputes.DisputeFile": PROOF,
    "disputes.Resolution": PROOF,
    "disputes.LastStep": PROOF,
    "disputes.BooksMoved": PROOF,
    "disputes.InvoiceVersion": PROOF,
    "disputes.LegalDate": PROOF,
    "disputes.EvidencePack": PROOF,
    "disputes.Chargeback": PROOF,
    "disputes.InboundMail": PROOF,
    "disputes.StrayMail": Kept(
        timedelta(days=30), "mail nobody here was meant by; for the operator who is asked", "at"
    ),
    "calls.Attempt": PROOF,
    "calls.AttemptInvoice": PROOF,
    "calls.FinalChoice": PROOF,
    "calls.AgencyFile": PROOF,
    "calls.AgencyAccount": PROOF,
    "calls.Call": PROOF,
    "calls.TranscriptLine": Kept(
        FIVE_YEARS, "what was said: law three years from the call, house five", "call__placed_at"
    ),
    "calls.CallDoor": DOOR,
    "billing.Recovery": PROOF,
    "billing.FeeLine": PROOF,
}


def forget_expired() -> dict[str, int]:
    """Delete what has been kept long enough; how many rows of each kind. Sessions that ended go too."""
    gone = {"sessions.Session": Session.objects.filter(expire_date__lt=machine_now()).delete()[0]}
    tenants = list(Business.objects.values_list("pk", flat=True))
    gone["recordings"] = 0  # not rows of ours: their deletion at the carrier is owed
    for business_id in tenants:
        with acting_for(business_id):
            gone["recordings"] += recordings.owe_forgetting()
    for label, kept in TABLE.items():
        if kept.period is None:
            continue
        model = apps.get_model(label)
        gone[label] = 0
        if issubclass(model, TenantModel):
            for business_id in tenants:
                with acting_for(business_id):
                    gone[label] += _delete(model, kept, now())
        else:
            gone[label] = _delete(model, kept, machine_now())
    return gone


# Rows of a customer with a dispute on legal hold stay beyond their term; by the way from the row to the customer.
CUSTOMER_OF = {
    "calls.TranscriptLine": "call__customer",
    "compliance.Decision": "customer_id",
    "disputes.HearingLabel": "customer",
}


def _delete(model: type[Model], kept: Kept, moment: datetime) -> int:
    assert kept.period is not None
    old = model._default_manager.filter(**{f"{kept.since}__lt": moment - kept.period})
    if way := CUSTOMER_OF.get(model._meta.label):
        held = Dispute.objects.filter(legal_hold=True).values_list("customer", flat=True)
        old = old.exclude(**{f"{way}__in": list(held)})
    return old.delete()[0]
