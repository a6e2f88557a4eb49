"""Disputes as rows: narrowed by a sentence that lives in the address, and taken away as a file with the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Business, User
from desk.clocks import next_clock
from desk.dispute_board import kind_words, with_card
from desk.exports import Cell, Listed
from desk.standing import today
from disputes.models import Claim, ClaimOn, Dispute, Specification
from disputes.running_out import late, with_limits
from syntharra import clock

STATE = (
    ("open", gettext_lazy("open disputes")),
    *((status.value, status.label) for status in Dispute.Status),
    ("all", gettext_lazy("all disputes")),
)
KIND = (("", gettext_lazy("of any kind")), *((kind.value, kind.label) for kind in Specification.Kind))
LATE = (("", gettext_lazy("late or not")), ("yes", gettext_lazy("late")))
OVER = (
    ("", gettext_lazy("of any amount")),
    ("200", gettext_lazy("over 200")),
    ("1000", gettext_lazy("over 1,000")),
    ("5000", gettext_lazy("over 5,000")),
)
SORT = (
    ("runs_out", gettext_lazy("what runs out first")),
    ("newest", gettext_lazy("newest first")),
    ("oldest", gettext_lazy("oldest first")),
    ("largest", gettext_lazy("largest first")),
    ("customer", gettext_lazy("customer")),
)
_ORDER: dict[str, tuple[Any, ...]] = {
    "runs_out": (F("runs_out").asc(nulls_last=True), "-closed_at", "opened_at", "pk"),
    "newest": ("-opened_at", "-pk"),
    "oldest": ("opened_at", "pk"),
    "largest": ("-invoice__balance", "opened_at", "pk"),
    "customer": ("customer__name", "opened_at", "pk"),
}


class DisputeFilter(forms.Form):
    """The sentence above the disputes. What is not understood is left out, never an error."""

    view = forms.CharField(widget=forms.HiddenInput, required=False)
    state = forms.ChoiceField(choices=STATE, required=False)
    kind = forms.ChoiceField(choices=KIND, required=False)
    assignee = forms.ChoiceField(required=False)
    late = forms.ChoiceField(choices=LATE, required=False)
    over = forms.ChoiceField(choices=OVER, required=False)
    sort = forms.ChoiceField(choices=SORT, required=False)
    q = forms.CharField(
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("name, number or words")}),
    )

    def __init__(self, data: QueryDict, people: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        field = self.fields["assignee"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("whoever has it")), ("nobody", _("nobody's")), *people]


@dataclass(frozen=True)
class Chip:
    """One thing that narrows the list, in words, and the address without it."""

    words: str
    without: str


class Chosen:
    """What holds: the valid choices, with the usual ones where nothing was chosen."""

    def __init__(self, business: Business, query: QueryDict) -> None:
        self.business, self._query = business, query
        mine = User.objects.filter(memberships__business=business).order_by("email")
        self.people = [(str(user.pk), user.get_full_name() or user.email) for user in mine]
        self.form = DisputeFilter(query if query else QueryDict(), self.people)
        self.form.is_valid()
        found = {name: value for name, value in self.form.cleaned_data.items() if value}
        self.state: str = found.get("state", "open")
        self.kind: str = found.get("kind", "")
        self.assignee: str = found.get("assignee", "")
        self.late: str = found.get("late", "")
        self.over: str = found.get("over", "")
        self.sort: str = found.get("sort", "runs_out")
        self.q: str = found.get("q", "").strip()

    def disputes(self) -> "QuerySet[Dispute]":
        """Those the sentence fits, in the chosen order."""
        found: QuerySet[Dispute] = with_limits(Dispute.objects.filter(business=self.business))
        if self.state == "open":
            found = found.filter(closed_at=None)
        elif self.state != "all":
            found = found.filter(status=self.state)
        if self.kind:
            found = found.filter(Q(kind=self.kind) | (Q(kind="") & Q(Exists(self._heard()))))
        if self.assignee:
            found = found.filter(assignee=None if self.assignee == "nobody" else int(self.assignee))
        if self.late:
            found = late(found, now=clock.now(), zone=self.business.time_zone)
        if self.over:
            found = found.filter(invoice__balance__gt=Decimal(self.over))
        if self.q:
            said = ClaimOn.objects.filter(dispute=OuterRef("pk"), claim__words__icontains=self.q)
            names = (
                Q(customer__name__icontains=self.q) | Q(invoice__number__icontains=self.q) | Q(number__iexact=self.q)
            )
            found = found.filter(names | Q(Exists(said)))
        return found.order_by(*_ORDER[self.sort])

    def chips(self) -> list[Chip]:
        """What narrows it, each with the address that leaves it out."""
        words = [
            ("q", _("with “%(words)s”") % {"words": self.q} if self.q else ""),
            ("state", str(dict(STATE)[self.state]) if self.state != "open" else ""),
            ("kind", str(dict(KIND)[self.kind]) if self.kind else ""),
            ("assignee", self._whose()),
            ("late", _("late") if self.late else ""),
            ("over", str(dict(OVER)[self.over]) if self.over else ""),
        ]
        return [Chip(said, self._without(name)) for name, said in words if said]

    def query(self) -> str:
        """The sentence for another address: without the page, always as a list."""
        query = self._query.copy()
        query.pop("page", None)
        query["view"] = "list"
        return query.urlencode()

    def _heard(self) -> "QuerySet[ClaimOn]":
        reason = {"other": Claim.Reason.OTHER_VAGUE}.get(self.kind, self.kind)
        return ClaimOn.objects.filter(dispute=OuterRef("pk"), first=True, claim__reason=reason)

    def _whose(self) -> str:
        if self.assignee == "nobody":
            return _("nobody's")
        return _("of %(name)s") % {"name": dict(self.people)[self.assignee]} if self.assignee else ""

    def _without(self, name: str) -> str:
        query = self._query.copy()
        for gone in (name, "page"):
            query.pop(gone, None)
        query["view"] = "list"
        return f"{reverse('disputes')}?{query.urlencode()}"


def exported(chosen: Chosen) -> Listed[Dispute]:
    """The whole list of the sentence, for a file."""
    return Listed(
        name=f"disputes-{today()}",
        head=[
            *(_("Dispute"), _("State"), _("Customer"), _("Invoice"), _("Currency"), _("Balance now"), _("At opening")),
            *(_("Kind"), _("Their words"), _("Assignee"), _("Opened"), _("You were told"), _("Acknowledged")),
            *(_("First word"), _("Decide by"), _("Decided"), _("Runs out next"), _("Until"), _("Ended"), _("Ended as")),
            *(_("Agreed"), _("Signed paper"), _("What went wrong"), _("Address")),
        ],
        keys=list(chosen.disputes().values_list("pk", flat=True)),
        load=_load,
        cells=_cells,
    )


def _load(keys: Sequence[UUID]) -> dict[UUID, Dispute]:
    return with_card(with_limits(Dispute.objects.all())).in_bulk(keys)


def _cells(one: Dispute) -> list[Cell]:
    said: dict[str, Any] = getattr(one, "said", None) or {}
    running = next_clock(one)
    return [
        *(one.number, one.get_status_display(), one.customer.name, one.invoice.number, one.currency),
        *(
            one.invoice.balance,
            one.balance_at_opening,
            kind_words(one.kind, said.get("reason", "")),
            said.get("words", ""),
        ),
        *(one.assignee.email if one.assignee else "", one.opened_at, one.owner_told_at, one.acknowledged_at),
        *(one.first_word_at, one.decide_by, one.decided_at, running.name if running else ""),
        *(running.limit if running else None, one.closed_at, one.closed_as, one.agreed_balance),
        *(one.had_paper, one.went_wrong, one.get_absolute_url()),
    ]
