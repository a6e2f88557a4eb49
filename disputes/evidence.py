"""The evidence pack of a dispute: everything that was said, written, sent and done, each item with its hash, provable offline.

One JSON that anybody can verify with ``verify_evidence`` and no database, one PDF for people, and the files, in one archive.
Apps above (calls) add what they know by ``gathers``; the pack itself knows only items.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.http import FileResponse, Http404
from django.template.loader import render_to_string

from accounts import timeline
from accounts.models import ActivityLine, User
from compliance.models import Channel
from disputes.models import Dispute, EvidencePack
from disputes.proof import FORMAT, sealed
from disputes.questions import in_words
from disputes.resolving import held
from notifications.models import Message
from syntharra import clock
from syntharra.identifiers import uuid7


@dataclass(frozen=True)
class Item:
    """One thing in a pack: what it is, a name a reader finds it by, when it was, and its facts (as JSON can hold them)."""

    kind: str
    name: str
    at: datetime | None
    facts: dict[str, Any]


LOOK = Path(__file__).with_name("evidence.css")
Gather = Callable[[Dispute], Iterable[Item]]
_more: list[Gather] = []


def gathers(gather: Gather) -> None:
    """Say what else belongs into a pack. Called once, when the app starts."""
    _more.append(gather)


def items_of(dispute: Dispute) -> list[Item]:
    """Everything about this dispute, in the order in which it happened."""
    found = [
        *_versions(dispute), *_said(dispute), *_written(dispute), *_letters(dispute), *_files(dispute), *_ways(dispute),
        *_record(dispute),
    ]  # fmt: skip
    for gather in _more:
        found.extend(gather(dispute))
    return sorted(found, key=lambda item: (item.at is None, item.at or dispute.opened_at, item.kind, item.name))


def document(dispute: Dispute, *, by: str, at: datetime) -> dict[str, Any]:
    """The pack as it is written down: head, items, and the hashes that prove both."""
    last = ActivityLine.objects.exclude(number=None).order_by("-number").first()
    head = {
        "format": FORMAT,
        "business": {"id": str(dispute.business_id), "name": dispute.business.name},
        "dispute": _head(dispute),
        "made_at": at.isoformat(),
        "made_by": by,
        "anchor": {"number": last.number, "hash": bytes(last.hash or b"").hex()} if last else None,
    }
    return sealed(head, [(item.kind, item.name, item.at, _plain(item.facts)) for item in items_of(dispute)])


@transaction.atomic(durable=True)
def make(dispute_id: UUID, *, by: User) -> EvidencePack:
    """Make a pack now and keep it: an archive of the JSON, the PDF and the files."""
    timeline.seal_within()
    dispute, invoice = held(dispute_id)
    moment = clock.now()
    pack = document(dispute, by=by.email, at=moment)
    key = f"{dispute.business_id}/disputes/{dispute.pk}/evidence-{uuid7()}.zip"
    stored = default_storage.save(key, ContentFile(_archive(dispute, pack)))
    anchor = pack["anchor"] or {}
    kept = EvidencePack.objects.create(
        dispute=dispute,
        made_at=moment,
        made_by=by.email,
        sha256=pack["sha256"],
        stored=stored,
        anchor_number=anchor.get("number"),
        anchor_hash=anchor.get("hash", ""),
    )
    timeline.record(dispute, "evidence_made", by=by.email, invoice=invoice.number, sha256=pack["sha256"])
    return kept


def given_out(pack: EvidencePack, *, name: str) -> FileResponse:
    """The archive as it was stored. Raises Http404 when the storage lost it."""
    if not default_storage.exists(pack.stored):
        raise Http404("no such pack")
    return FileResponse(
        default_storage.open(pack.stored), as_attachment=True, filename=name, content_type="application/zip"
    )


def pdf(pack: dict[str, Any]) -> bytes:
    """The same for people to read; the hash at its foot is that of the JSON."""
    from weasyprint import CSS, HTML  # slow to import, and needed here only

    shown = [{**item, "shown": list(_shown(item["facts"]))} for item in pack["items"]]
    page = render_to_string("disputes/evidence.html", {"pack": {**pack, "items_in_order": shown}})
    written: bytes = HTML(string=page).write_pdf(stylesheets=[CSS(filename=str(LOOK))])
    return written


def _shown(facts: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """What is worth reading of an item: all that is not empty; what is a list or a table as JSON."""
    for name, value in facts.items():
        if value not in (None, "", [], {}):
            words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield name.replace("_", " "), words


def _archive(dispute: Dispute, pack: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("evidence.json", json.dumps(pack, ensure_ascii=False, indent=1))
        archive.writestr("evidence.pdf", pdf(pack))
        for file in dispute.files.filter(removed_at=None).order_by("at"):
            if default_storage.exists(file.stored):
                with default_storage.open(file.stored) as data:
                    archive.writestr(f"files/{file.sha256}", data.read())
    return out.getvalue()


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(facts, default=str))
    return plain


def _head(dispute: Dispute) -> dict[str, Any]:
    return {
        "number": dispute.number,
        "invoice": dispute.invoice.number,
        "customer": dispute.customer.name,
        "opened_at": dispute.opened_at.isoformat(),
        "balance_at_opening": str(dispute.balance_at_opening),
        "currency": dispute.currency,
        "kind": dispute.kind,
        "state": dispute.status,
        "closed_at": dispute.closed_at.isoformat() if dispute.closed_at else None,
        "closed_as": dispute.closed_as,
        "agreed_balance": None if dispute.agreed_balance is None else str(dispute.agreed_balance),
    }


def _versions(dispute: Dispute) -> Iterable[Item]:
    for number, version in enumerate(dispute.versions.order_by("taken_at", "pk"), start=1):
        yield Item("invoice_version", f"version {number} of the invoice", version.taken_at, version.facts)


def _said(dispute: Dispute) -> Iterable[Item]:
    for claim in dispute.claims.order_by("said_at", "pk"):
        facts = {
            "source": claim.source, "words": claim.words, "reason": claim.reason, "by": claim.by,
            "language": claim.language, "evidence": claim.evidence,
        }  # fmt: skip
        yield Item("claim", f"what was said {claim.get_source_display()}", claim.said_at, facts)
    for form in dispute.specifications.exclude(sent_at=None).order_by("sent_at"):
        facts = {
            "kind": form.kind, "about": form.about, "lines": form.lines, "amount": form.amount,
            "answers": form.answers, "wished": form.wished, "words": in_words(form),
        }  # fmt: skip
        yield Item("specification", "what exactly is wrong", form.sent_at, facts)


def _written(dispute: Dispute) -> Iterable[Item]:
    for post in dispute.posts.order_by("at", "pk"):
        facts = {"side": post.side, "channel": post.channel, "by": post.by, "words": post.words}
        yield Item("post", f"written by {post.by}", post.at, facts)


def _letters(dispute: Dispute) -> Iterable[Item]:
    """Letters since it began; texts, and how far each came, from before it as well, as with calls."""
    since = Q(owed_at__gte=dispute.opened_at) | Q(channel=Channel.SMS)
    about = Message.objects.filter(since, about__invoice=dispute.invoice_id).select_related("delivery")
    if dispute.closed_at is not None:
        about = about.filter(owed_at__lte=dispute.closed_at)
    for message in about.exclude(purpose="account").order_by("owed_at", "pk"):
        facts = {
            "letter": message.letter, "purpose": message.purpose, "channel": message.channel, "to": message.to,
            "subject": message.subject, "text": message.text, "state": message.status, "outcome": message.outcome,
            "sent_at": message.sent_at,
        }  # fmt: skip
        text = getattr(message, "delivery", None)
        if text is not None:
            facts |= {
                "sender": text.sender, "carrier_state": text.status, "carrier_number": text.sid,
                "carrier_error": text.error_code, "delivered_at": text.delivered_at, "given_up_at": text.given_up_at,
            }  # fmt: skip
        kind = "text" if message.channel == Channel.SMS else "letter"
        yield Item(kind, f"{kind} {message.letter}", message.owed_at, facts)


def _files(dispute: Dispute) -> Iterable[Item]:
    for file in dispute.files.order_by("at", "pk"):
        facts = {
            "name": file.name, "content_type": file.content_type, "size": file.size, "sha256": file.sha256,
            "side": file.side, "by": file.by, "removed_at": file.removed_at,
        }  # fmt: skip
        yield Item("file", f"file {file.name}", file.at, facts)


def _ways(dispute: Dispute) -> Iterable[Item]:
    for way in dispute.resolutions.order_by("begun_at", "pk"):
        facts = {
            "kind": way.kind, "state": way.status, "balance_before": way.balance_before, "lowered_by": way.lowered_by,
            "agreed_balance": way.agreed_balance, "words": way.words, "schedule": way.schedule, "begun_by": way.begun_by,
            "confirmed_by": way.confirmed_by, "answer": way.answer, "answered_by": way.answered_by,
            "answered_at": way.answered_at, "answered_from": way.answered_from, "ended_at": way.ended_at,
            "ended_why": way.ended_why,
        }  # fmt: skip
        yield Item("resolution", f"way of ending: {way.kind}", way.begun_at, facts)
    for step in dispute.last_steps.order_by("at", "pk"):
        facts = {
            "kind": step.kind, "words": step.words, "amount": step.amount, "by": step.by, "answer": step.answer,
            "answered_by": step.answered_by, "answered_at": step.answered_at, "answered_from": step.answered_from,
        }  # fmt: skip
        yield Item("last_step", f"after they did not agree: {step.kind}", step.at, facts)
    for card in dispute.moves.order_by("seen_at", "pk"):
        facts = {
            "what": card.what, "was": card.was, "now": card.now, "status": card.status, "proof": card.proof,
            "answer": card.answer, "answered_by": card.answered_by, "answered_at": card.answered_at,
        }  # fmt: skip
        yield Item("books", f"the books: {card.what}", card.seen_at, facts)


def _record(dispute: Dispute) -> Iterable[Item]:
    """The sealed lines of the activity, each with what its own hash is made of."""
    about = Q(subject_id=dispute.pk) | Q(subject_id=dispute.invoice_id)
    lines = ActivityLine.objects.filter(about).exclude(number=None).select_related("detail").order_by("number")
    for line in lines:
        detail = getattr(line, "detail", None)
        facts = {
            **timeline.parts_of(line),
            "hash": bytes(line.hash or b"").hex(),
            "facts": detail.facts if detail is not None else None,
        }
        yield Item("activity", f"line {line.number} of the record: {line.verb}", line.at, facts)
