"""The file an agency gets: ``placement.csv`` with stable columns (docs/agency-file.md), and a folder of documents an account.

Made by a duty, never while a page waits. Evidence packs of disputed accounts come first, a few at a time; what is made once
is kept, so that the same file can be taken away again.
"""

import csv
import hashlib
import io
import json
import re
import time
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, Http404

from accounts import timeline
from accounts.models import User
from calls.agency import DISPUTED, DUTY, MAYBE_BARRED, TIME_BARRED
from calls.models import AgencyAccount, AgencyFile, Call
from compliance.courts import terms
from compliance.rulebook import RuleBook
from desk.exports import harmless
from disputes import evidence
from disputes.models import Dispute, EvidencePack
from invoices.models import Contact, Invoice, ValidationNotice
from notifications.models import Duty, Message
from notifications.outbox import Later, carries_out
from syntharra import clock

AT_ONCE_SECONDS = 20.0
PATIENCE = 120.0  # seconds for which a hand-over under way is waited for

#: Stable: new ones are added at the end, none is renamed or moved. Each is explained in docs/agency-file.md.
COLUMNS = (
    "account", "invoice_number", "invoice_date", "due_date", "original_amount", "balance", "currency",
    "paid_to_date", "last_payment_date", "last_payment_amount",
    "debtor_type", "debtor_name", "debtor_company", "street", "city", "state", "zip",
    "contact_name", "phone", "email", "language",
    "disputed", "dispute_numbers", "dispute_grounds", "dispute_opened", "dispute_closed", "dispute_ended_as",
    "validation_notice_sent", "validation_period_ends", "time_barred", "limitation_through_written",
    "limitation_through_goods", "marks", "calls_made", "last_call", "letters_sent", "documents",
    "attorney_name", "attorney_email",
)  # fmt: skip


def register() -> None:
    """Say who makes the file."""
    carries_out(DUTY, make)


def make(duty: Duty) -> str:
    """Carry out the duty: packs first, then the archive. Safe to repeat; raises Later while there is more to do."""
    file = AgencyFile.objects.select_related("business").get(pk=duty.facts["file"])
    if file.made_at is not None:
        return "made already"
    accounts = list(file.accounts.select_related("invoice", "customer").order_by("pk"))
    waited = (clock.now() - file.handed_at).total_seconds()
    if len(accounts) < file.expected and waited < PATIENCE:
        raise Later(2, "the hand-over is under way")
    _make_packs(file, accounts)
    data = archive(file, accounts)
    key = f"{file.business_id}/agency/{file.pk}.zip"
    stored = default_storage.save(key, ContentFile(data))
    digest = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        AgencyFile.objects.filter(pk=file.pk, made_at=None).update(
            made_at=clock.now(), stored=stored, sha256=digest, size=len(data)
        )
        timeline.record(file, "agency_file_made", by="Syntharra", accounts=len(accounts), sha256=digest)
    return f"{len(accounts)} accounts"


def given_out(file: AgencyFile, *, by: User) -> FileResponse:
    """The archive as it was made; who took it away is on record. Raises Http404 when it is not there (yet)."""
    if not file.stored or not default_storage.exists(file.stored):
        raise Http404("no such file")
    timeline.record(file, "agency_file_taken", by=by.email, agency=file.agency)
    name = f"placement-{file.handed_at:%Y-%m-%d}.zip"
    return FileResponse(
        default_storage.open(file.stored), as_attachment=True, filename=name, content_type="application/zip"
    )


def archive(file: AgencyFile, accounts: Sequence[AgencyAccount]) -> bytes:
    """The whole archive in memory: texts and packs, no recordings."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        kept.writestr("placement.csv", _placement(file, accounts))
        for account in accounts:
            for name, data in _documents(account):
                kept.writestr(f"{folder_of(account)}/{name}", data)
    return out.getvalue()


def folder_of(account: AgencyAccount) -> str:
    """Named by the invoice's number, made harmless as a name, and by the account, so that no two meet."""
    number = re.sub(r"[^A-Za-z0-9-]+", "-", account.invoice.number).strip("-")[:40] or "invoice"
    return f"documents/{number}-{str(account.invoice_id)[-8:]}"


def _make_packs(file: AgencyFile, accounts: Sequence[AgencyAccount]) -> None:
    """One pack for each dispute of these accounts, made since the hand-over."""
    began = time.monotonic()
    owner = User.objects.get(email=file.handed_by)
    for dispute in Dispute.objects.filter(invoice__in=[one.invoice_id for one in accounts]).order_by("pk"):
        if dispute.packs.filter(made_at__gte=file.handed_at).exists():
            continue
        if time.monotonic() - began > AT_ONCE_SECONDS:
            raise Later(1, "more evidence packs are to be made")
        evidence.make(dispute.pk, by=owner)


def _placement(file: AgencyFile, accounts: Sequence[AgencyAccount]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for account in accounts:
        row = _row(account, zone=ZoneInfo(file.business.time_zone))
        writer.writerow([harmless(_plain(row[name])) for name in COLUMNS])
    return "\ufeff" + text.getvalue()


def _row(account: AgencyAccount, *, zone: ZoneInfo) -> dict[str, Any]:
    invoice, customer = account.invoice, account.customer
    contact = customer.contacts.filter(role=Contact.Role.BILLING).order_by("rank").first()
    payments = invoice.allocations.filter(kind="cash", payment__reversed_at=None).select_related("payment")
    last = payments.order_by("-payment__paid_on", "-pk").first()
    disputes = list(invoice.disputes.order_by("opened_at"))
    notice = ValidationNotice.objects.filter(invoice=invoice, bounced_at=None).exclude(sent_at=None).order_by("-sent_at").first()  # fmt: skip
    starts_on = invoice.due_on or invoice.issued_on
    today = clock.now().astimezone(zone).date()
    found = terms(RuleBook.load(), customer.state, starts_on=starts_on, today=today) if starts_on else None
    calls = _calls(invoice)
    barred = "yes" if TIME_BARRED in account.marks else "maybe" if MAYBE_BARRED in account.marks else "no"
    return {
        "account": str(account.invoice_id),
        "invoice_number": invoice.number,
        "invoice_date": invoice.issued_on,
        "due_date": invoice.due_on,
        "original_amount": invoice.total,
        "balance": account.balance,
        "currency": account.currency,
        "paid_to_date": sum((one.amount for one in payments), 0 * invoice.total),
        "last_payment_date": last.payment.paid_on if last else None,
        "last_payment_amount": last.amount if last else None,
        "debtor_type": customer.kind,
        "debtor_name": customer.name,
        "debtor_company": customer.company,
        "street": customer.street,
        "city": customer.city,
        "state": customer.state.rpartition("-")[2],
        "zip": customer.zip,
        "contact_name": contact.name if contact else "",
        "phone": contact.phone if contact else "",
        "email": contact.email if contact else "",
        "language": customer.language,
        "disputed": "yes" if DISPUTED in account.marks else "no",
        "dispute_numbers": "; ".join(one.number for one in disputes),
        "dispute_grounds": "; ".join(_ground(one) for one in disputes),
        "dispute_opened": "; ".join(_day(one.opened_at, zone) for one in disputes),
        "dispute_closed": "; ".join(_day(one.closed_at, zone) for one in disputes),
        "dispute_ended_as": "; ".join(one.closed_as for one in disputes),
        "validation_notice_sent": _day(notice.sent_at, zone) if notice else "",
        "validation_period_ends": notice.period_ends_on if notice else None,
        "time_barred": barred,
        "limitation_through_written": found.written.last_day if found else None,
        "limitation_through_goods": found.goods.last_day if found else None,
        "marks": "; ".join(account.marks),
        "calls_made": len(calls),
        "last_call": _day(calls[-1].placed_at, zone) if calls else "",
        "letters_sent": _letters(invoice).count(),
        "documents": folder_of(account),
        "attorney_name": customer.attorney_name,
        "attorney_email": customer.attorney_email,
    }


def _documents(account: AgencyAccount) -> Iterable[tuple[str, bytes | str]]:
    """The invoice and its versions, the calls, the letters, and the evidence packs of its disputes."""
    invoice = account.invoice
    yield "invoice.json", json.dumps(_invoice(invoice), ensure_ascii=False, indent=1, default=str)
    yield "calls.csv", _call_list(invoice)
    for number, message in enumerate(_letters(invoice), start=1):
        sent = message.sent_at.date() if message.sent_at else ""
        yield (
            f"letters/{number:02d}-{message.letter.replace('_', '-')}-{sent}.txt",
            f"{message.subject}\n\n{message.text}",
        )
    for dispute in invoice.disputes.order_by("opened_at"):
        pack = dispute.packs.order_by("-made_at").first()
        if pack is not None and (data := _stored(pack)) is not None:
            yield f"evidence-{dispute.number}.zip", data


def _invoice(invoice: Invoice) -> dict[str, Any]:
    lines = invoice.lines.order_by("position").values("position", "item", "description", "quantity", "amount")
    versions = [
        {"because": one.because, "taken_at": one.taken_at, "sha256": one.sha256, "facts": one.facts}
        for one in invoice.versions.order_by("taken_at", "pk")
    ]
    payments = invoice.allocations.filter(payment__reversed_at=None).order_by("payment__paid_on", "pk")
    return {
        "number": invoice.number,
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "total": invoice.total,
        "balance": invoice.balance,
        "currency": invoice.currency,
        "memo": invoice.memo,
        "lines": list(lines),
        "payments": [
            {"kind": one.kind, "amount": one.amount, "on": one.payment.paid_on, "method": one.payment.method}
            for one in payments.select_related("payment")
        ],
        "versions": versions,
    }


def _call_list(invoice: Invoice) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("direction", "number", "placed_at", "answered_at", "ended_at", "seconds", "result"))
    for call in _calls(invoice):
        row = (call.direction, call.to, call.placed_at, call.answered_at, call.ended_at, call.seconds, call.disposition)
        writer.writerow([harmless(_plain(cell)) for cell in row])
    return "\ufeff" + text.getvalue()


def _calls(invoice: Invoice) -> list[Call]:
    about = Call.objects.filter(attempt__about__invoice=invoice, attempt__about__dropped_at=None)
    return list(about.distinct().order_by("placed_at", "pk"))


def _letters(invoice: Invoice) -> Any:
    sent = Message.objects.filter(about__invoice=invoice, status=Message.Status.SENT)
    return sent.exclude(purpose="account").order_by("sent_at", "pk")


def _ground(dispute: Dispute) -> str:
    """What they object to: as they specified it, else as it was said first."""
    if dispute.kind:
        return dispute.kind
    claim = dispute.claims.order_by("said_at").first()
    return claim.reason if claim else ""


def _stored(pack: EvidencePack) -> bytes | None:
    if not default_storage.exists(pack.stored):
        return None
    with default_storage.open(pack.stored) as data:
        return bytes(data.read())


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).date().isoformat() if moment else ""


def _plain(cell: object) -> str:
    match cell:
        case None:
            return ""
        case datetime() | date():
            return cell.isoformat()
    return str(cell)
