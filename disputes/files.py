"""Photos and papers of a dispute: taken safely, stored outside the web root, given out only through views that know who asks."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from accounts import timeline
from disputes.models import Dispute, DisputeFile, Post
from disputes.resolving import held
from disputes.uploads import MOST_BYTES, BadFile, SafeFile, made_safe, plain_name, too_large
from syntharra import clock
from syntharra.identifiers import uuid7

MOST_FILES = 20  # of one side


def take(
    dispute_id: UUID, uploads: Sequence["UploadedFile[Any]"], *, side: str, by: str, post: Post | None = None
) -> list[DisputeFile]:
    """Keep all of these or none. The same file again is the one that is there. Raises BadFile with the sentence to show."""
    if len(uploads) > MOST_FILES:
        raise BadFile(too_many())
    safe = [_read(upload) for upload in uploads]
    stored: list[str] = []
    try:
        return _keep(dispute_id, safe, stored, side=side, by=by, post=post)
    except BaseException:
        for key in stored:
            default_storage.delete(key)
        raise


def too_many() -> str:
    return _("At most %(n)d files. Put several pages into one PDF.") % {"n": MOST_FILES}


def _read(upload: "UploadedFile[Any]") -> SafeFile:
    name = upload.name or ""
    if (upload.size or 0) > MOST_BYTES:
        raise BadFile(too_large(plain_name(name)))
    return made_safe(name, upload.read())


@transaction.atomic(durable=True)
def _keep(
    dispute_id: UUID, safe: Sequence[SafeFile], stored: list[str], *, side: str, by: str, post: Post | None
) -> list[DisputeFile]:
    dispute, invoice = held(dispute_id)
    there = DisputeFile.objects.filter(dispute=dispute, removed_at=None)
    known = {file.sha256: file for file in there}
    kept = []
    for file in safe:
        sha256 = hashlib.sha256(file.data).hexdigest()
        if sha256 in known:
            kept.append(known[sha256])
            continue
        if sum(other.side == side for other in known.values()) >= MOST_FILES:
            raise BadFile(too_many())
        key = f"{dispute.business_id}/disputes/{dispute.pk}/{uuid7()}{file.suffix}"
        stored.append(default_storage.save(key, ContentFile(file.data)))
        known[sha256] = DisputeFile.objects.create(
            dispute=dispute, post=post, side=side, by=by[:254], name=file.name, content_type=file.content_type,
            size=len(file.data), sha256=sha256, stored=stored[-1], at=clock.now(),
        )  # fmt: skip
        kept.append(known[sha256])
        timeline.record(dispute, "file_added", by=by, invoice=invoice.number, sha256=sha256)
    return kept


def given_out(dispute: Dispute, pk: UUID) -> FileResponse:
    """The file of this dispute, as its own kind and nothing else; a browser runs nothing in it. Raises Http404."""
    file = DisputeFile.objects.filter(dispute=dispute, removed_at=None, pk=pk).first()
    if file is None or not default_storage.exists(file.stored):
        raise Http404("no such file")
    response = FileResponse(default_storage.open(file.stored), content_type=file.content_type, filename=file.name)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
