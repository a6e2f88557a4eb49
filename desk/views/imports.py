"""Bringing in invoices from a file: upload, say what the columns are, look at what would happen, confirm or discard."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Business
from desk import import_preview as preview
from desk.doors import IN_CHARGE, members_page, only_for
from desk.import_forms import ColumnsForm, UploadForm
from integrations.file import words
from integrations.file.choices import Choices
from integrations.file.tables import NotReadable
from integrations.models import Connection, Provider
from invoices.import_models import ImportBatch
from invoices.imports import mistakes, uploads
from invoices.imports.confirm import Missing, NotConfirmed, confirm
from invoices.imports.plan import Plan, plan_of
from invoices.imports.uploads import NotOpen
from syntharra import clock


@dataclass(frozen=True)
class Column:
    """A column of the file with what stands in it and the choice of what it is."""

    header: str
    samples: list[str]
    field: object


@require_http_methods(["GET", "POST"])
@never_cache
@members_page
def import_books(request: MemberRequest) -> HttpResponse:
    """Where a file is chosen; whatever is wrong with it is said here, and nothing of it is kept then."""
    only_for(request, *IN_CHARGE)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = uploads.take_in(file.read(), name=file.name or "", by=request.user)
        except NotReadable as error:
            form.add_error("file", " ".join(words.about_file(error.reason, error.facts)))
        else:
            return redirect("import_columns", batch.pk)
    business = request.business
    waiting = business.importbatchs.waiting().filter(ends_at__gt=clock.now()).defer("rows").first()
    context = {
        "form": form,
        "waiting": waiting,
        "waiting_url": _address(waiting) if waiting else "",
        "others": [connection.get_provider_display() for connection in _other_books(business)],
        "before": business.importbatchs.confirmed().defer("rows", "confirmed")[:5],
        "days": settings.FILE_FRESH_DAYS,
    }
    return render(request, "desk/import.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@members_page
def import_columns(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Says what each column is: guessed from its header, or as last time; anything can be changed."""
    batch = _batch(request, pk)
    if batch is None:
        return _over(request)
    form = ColumnsForm(
        request.POST if request.method == "POST" else None, header=batch.header, chosen=Choices.of(batch.choices)
    )
    if request.method == "POST" and form.is_valid():
        try:
            uploads.choose(batch.pk, form.chosen(), by=request.user)
        except NotOpen:
            return _over(request)
        return redirect("import_preview", batch.pk)
    samples = uploads.samples(batch)
    columns = [
        Column(header or _("Column %(n)d") % {"n": at + 1}, samples[at], form[f"column_{at}"])
        for at, header in enumerate(batch.header)
    ]
    context = {"batch": batch, "form": form, "columns": columns, "settings": [form["dates"], form["decimal"]]}
    return render(request, "desk/import_columns.html", context, status=422 if form.errors else 200)


@require_GET
@never_cache
@members_page
def import_preview(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What confirming would do, to the cent. Nothing has happened yet."""
    batch = _batch(request, pk)
    if batch is None:
        return _over(request)
    if batch.status == ImportBatch.Status.UPLOADED:
        return redirect("import_columns", batch.pk)
    plan = plan_of(batch, request.business)
    return render(request, "desk/import_preview.html", _preview(batch, plan))


@require_GET
@never_cache
@members_page
def import_mistakes(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The rows that could not be taken, as a file to put right."""
    batch = _batch(request, pk)
    if batch is None or batch.status == ImportBatch.Status.UPLOADED:
        return _over(request)
    content = mistakes.as_csv(batch, plan_of(batch, request.business))
    name = "rows-to-correct.csv"
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_POST
@members_page
def confirm_import(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Takes the file at its word, as it was shown."""
    only_for(request, *IN_CHARGE)
    batch = get_object_or_404(request.business.importbatchs.defer("rows", "confirmed"), pk=pk)
    said = request.POST.get("missing", Missing.LEAVE)
    if said not in set(Missing):
        return HttpResponse(status=400)
    seen = request.POST.get("seen", "")
    try:
        done = confirm(batch.pk, seen=seen, missing=Missing(said), business=request.business, by=request.user)
    except NotConfirmed as error:
        return _not_confirmed(request, batch, error.why)
    count = done.counts["invoices"]
    told = ngettext("%(n)d invoice is being brought in.", "%(n)d invoices are being brought in.", count) % {"n": count}
    messages.success(request, told)
    return redirect("connections")


@require_POST
@members_page
def discard_import(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Throws the file away."""
    only_for(request, *IN_CHARGE)
    batch = get_object_or_404(request.business.importbatchs.defer("rows", "confirmed"), pk=pk)
    if uploads.discard(batch.pk):
        messages.success(request, _("Discarded. Nothing of the file was kept."))
    else:
        messages.warning(request, _("This file was confirmed already; nothing was undone."))
    return redirect("import_books")


def _preview(batch: ImportBatch, plan: Plan) -> dict[str, object]:
    names = {one.external_id: one.name for one in plan.records.customers}
    errors = len({note.row for note in plan.records.errors})
    return {
        "batch": batch,
        "plan": plan,
        "sentence": preview.sentence(plan),
        "figures": preview.figures(plan),
        "takes": len(plan.taken),
        "new": preview.new_rows(plan, names),
        "changed": preview.changed_rows(plan, names),
        "missing": preview.missing_rows(plan),
        "missing_count": len(plan.missing),
        "errors": preview.note_rows(plan.records.errors),
        "error_rows": errors,
        "mostly_errors": errors * 2 > batch.row_count,
        "error_words": ngettext("%(n)d row cannot be taken", "%(n)d rows cannot be taken", errors) % {"n": errors},
        "remarks": preview.note_rows(plan.records.remarks),
        "left_out": preview.note_rows(plan.left_out),
        "facts": preview.facts(batch, plan),
        "days": settings.FILE_FRESH_DAYS,
        "fresh_until": preview.fresh_until(),
        "currency": batch.business.currency,
    }


def _batch(request: MemberRequest, pk: UUID) -> ImportBatch | None:
    """The import of this id while something can be chosen for it; None when it is over. 404 for another business's."""
    only_for(request, *IN_CHARGE)
    found: ImportBatch = get_object_or_404(request.business.importbatchs, pk=pk)
    return found if uploads.is_open(found, at=clock.now()) else None


def _over(request: MemberRequest) -> HttpResponse:
    messages.warning(request, _("This import is over: it was confirmed, discarded, or a day has passed."))
    return redirect("import_books")


def _not_confirmed(request: MemberRequest, batch: ImportBatch, why: str) -> HttpResponse:
    said = {
        "changed": _(
            "Your invoices changed since you looked. This is what the file would do now; nothing was created."
        ),
        "busy": _("The file before this one is still being read. Try again in a minute; nothing was created."),
        "nothing": _("There is nothing in this file to bring in."),
    }
    if why not in said:
        return _over(request)
    messages.warning(request, said[why])
    return redirect("import_preview", batch.pk)


def _address(batch: ImportBatch) -> str:
    mapped = batch.status == ImportBatch.Status.MAPPED
    return reverse("import_preview" if mapped else "import_columns", args=[batch.pk])


def _other_books(business: Business) -> list[Connection]:
    live = business.connections.exclude(state=Connection.State.DISCONNECTED)
    return list(live.exclude(provider=Provider.FILE).order_by("connected_at"))
