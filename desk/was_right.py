"""Was this right? A member says of a sentence whether it was a dispute. Teaches the hearing, and changes nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from calls.models import Call, TranscriptLine
from desk.wording.transcript import stopping
from disputes import labels
from disputes.models import Claim, Dispute, HearingLabel
from invoices.models import Invoice
from syntharra.templatetags.syntharra import moment_words, seconds

KINDS = (("", gettext_lazy("I cannot tell")), *Claim.Reason.choices)


class LabelForm(forms.Form):
    """Which sentence, whether it was a dispute, and of which kind."""

    line = forms.UUIDField()
    was = forms.ChoiceField(choices=[("dispute", ""), ("none", "")])
    reason = forms.ChoiceField(choices=KINDS, required=False)


@dataclass(frozen=True)
class Sentence:
    """One thing they said. ``chosen``: the one that is asked about first."""

    pk: UUID
    words: str
    chosen: bool


@dataclass(frozen=True)
class Said:
    """What a member said before, and where to go from there."""

    words: str
    verdict: str
    who: str


@dataclass(frozen=True)
class Question:
    """``urls``: what a person may want to do after answering, in words with its address: an answer alone does nothing."""

    words: str
    sentences: tuple[Sentence, ...]
    kinds: tuple[tuple[str, str], ...]
    kind: str
    said: tuple[Said, ...]
    url: str
    urls: tuple[tuple[str, str], ...]


def question(
    call: Call, lines: Sequence[TranscriptLine], about: Sequence[Invoice], dispute: Dispute | None
) -> Question | None:
    """What the page asks; None while they speak, where nothing was said, or nobody we know said it."""
    theirs = _theirs(lines)
    if not theirs or call.customer_id is None or call.status not in Call.OVER:
        return None
    stopped = stopping(call, lines)
    disputed = [line for line in theirs if heard_dispute(line)]
    first = stopped if stopped in theirs else disputed[0] if disputed else theirs[-1]
    known = {label.source_key: label for label in HearingLabel.objects.filter(source_key__in=map(_key, theirs))}
    return Question(
        words=_asked(call, bool(disputed)),
        sentences=tuple(
            Sentence(line.pk, f"{seconds(float(line.second))}  {_short(line.text)}", line is first) for line in theirs
        ),
        kinds=tuple((value, str(word)) for value, word in KINDS),
        kind=call.reason,
        said=tuple(_said(known[_key(line)]) for line in theirs if _key(line) in known),
        url=reverse("label_call", args=[call.pk]),
        urls=tuple(_way_on(known.values(), about, dispute)),
    )


def keep(call: Call, data: QueryDict, *, by: User) -> HearingLabel:
    """Keep an answer. Raises labels.CannotLabel with what is wrong; asking twice is a change of mind."""
    form = LabelForm(data)
    if not form.is_valid() or call.customer is None:
        raise labels.CannotLabel(_("Choose one of their sentences, and whether it was a dispute."))
    lines = list(call.lines.order_by("position"))
    line = next((one for one in _theirs(lines) if one.pk == form.cleaned_data["line"]), None)
    if line is None:
        raise labels.CannotLabel(_("This sentence is not one of this call."))
    was = form.cleaned_data["was"] == "dispute"
    spoken = labels.Spoken(
        source_key=_key(line),
        words=line.text,
        said_at=(call.answered_at or call.placed_at) + timedelta(seconds=float(line.second)),
        heard_dispute=heard_dispute(line),
        asked=_question_before(lines, line),
        evidence=_evidence(line),
    )
    reason = form.cleaned_data["reason"] if was else ""
    return labels.label(call.customer, spoken, was_dispute=was, by=by.email, reason=reason)


def heard_dispute(line: TranscriptLine) -> bool:
    """What was decided about this sentence then."""
    return line.state == "freeze" or "dispute" in (line.intent, *line.also)


def _theirs(lines: Sequence[TranscriptLine]) -> list[TranscriptLine]:
    """What they said, whole sentences; the last half of one where they never finished. Keys are no words."""
    spoken = [line for line in lines if line.speaker == TranscriptLine.Speaker.CUSTOMER and line.act != "key"]
    finals = [line for line in spoken if not line.partial]
    return [*finals, spoken[-1]] if spoken and spoken[-1].partial else finals


def _key(line: TranscriptLine) -> str:
    return f"line:{line.pk}"


def _question_before(lines: Sequence[TranscriptLine], line: TranscriptLine) -> str:
    agents = [one for one in lines if one.speaker == TranscriptLine.Speaker.AGENT and one.position < line.position]
    return agents[-1].asks if agents else ""


def _evidence(line: TranscriptLine) -> dict[str, Any]:
    return {**(line.evidence or {}), "intent": line.intent, "also": line.also, "state": line.state}


def _asked(call: Call, disputed: bool) -> str:
    if call.disposition == "paused_unsure":
        return _("We were not sure whether they disagree, and fell silent. Do they?")
    if disputed or call.disposition == "dispute":
        return _("We took this for a disagreement with the bill. Was it one?")
    return _("We took nothing of it for a disagreement with the bill. Was there one?")


def _said(label: HearingLabel) -> Said:
    verdict = _("a dispute") if label.was_dispute else _("no dispute")
    if label.was_dispute and label.reason:
        verdict = f"{verdict} ({label.get_reason_display()})"
    who = _("%(who)s, %(when)s") % {"who": label.by, "when": moment_words(label.labeled_at)}
    return Said(_short(label.words), verdict, who)


def _way_on(
    said: "Sequence[HearingLabel] | Any", about: Sequence[Invoice], dispute: Dispute | None
) -> list[tuple[str, str]]:
    verdicts = {label.was_dispute for label in said}
    if dispute is not None and dispute.closed_at is None and verdicts == {False}:
        return [(_("The invoice stays frozen. End dispute %(n)s…") % {"n": dispute.number}, dispute.get_absolute_url())]
    if True not in verdicts:
        return []
    loose = [invoice for invoice in about if invoice.frozen_at is None and invoice.books_status == Invoice.Books.OPEN]
    words = _("%(number)s is not frozen by this. Freeze it…")
    return [
        (words % {"number": invoice.number or invoice.external_id}, reverse("freeze_invoice", args=[invoice.pk]))
        for invoice in loose
    ]


def _short(words: str) -> str:
    return words if len(words) <= 90 else f"{words[:88].rstrip()}…"
