"""Which calls a list shows: a sentence of choices that lives in the address, so that it survives a reload and a bookmark."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet, UUIDField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Business
from calls.models import Attempt, AttemptInvoice, Call
from desk.standing import today
from desk.wording.outcomes import NOBODY_SPOKE, grouped, short
from disputes.models import Claim
from invoices.models import Contact
from syntharra.templatetags.syntharra import day_words

SHOW = (
    ("made", gettext_lazy("calls made")),
    ("planned", gettext_lazy("planned calls")),
    ("live", gettext_lazy("calls on the line now")),
)
PERIOD = (
    ("", gettext_lazy("at any time")),
    ("today", gettext_lazy("today")),
    ("yesterday", gettext_lazy("yesterday")),
    ("week", gettext_lazy("this week")),
    ("7", gettext_lazy("in the last 7 days")),
    ("30", gettext_lazy("in the last 30 days")),
    ("90", gettext_lazy("in the last 90 days")),
    ("month", gettext_lazy("this month")),
    ("last_month", gettext_lazy("last month")),
    ("between", gettext_lazy("between two days")),
)
WHO = (
    ("", gettext_lazy("whoever spoke")),
    ("them", gettext_lazy("somebody spoke with us")),
    ("right", gettext_lazy("the right person spoke")),
    ("other", gettext_lazy("somebody else spoke")),
    ("nobody", gettext_lazy("nobody spoke")),
)
DISPUTED = (
    ("", gettext_lazy("disputed or not")),
    ("yes", gettext_lazy("disputed")),
    ("no", gettext_lazy("not disputed")),
)
DIRECTION = (
    ("", gettext_lazy("in either direction")),
    ("outbound", gettext_lazy("we called")),
    ("inbound", gettext_lazy("they called")),
)
ATTEMPT = (
    ("", gettext_lazy("any attempt")),
    ("1", gettext_lazy("first attempt")),
    ("2", gettext_lazy("second attempt")),
    ("3", gettext_lazy("third attempt")),
)
SORT = (
    ("newest", gettext_lazy("newest first")),
    ("oldest", gettext_lazy("oldest first")),
    ("longest", gettext_lazy("longest first")),
    ("customer", gettext_lazy("customer")),
)
_ORDER: dict[str, tuple[Any, ...]] = {
    "newest": ("-placed_at", "-pk"),
    "oldest": ("placed_at", "pk"),
    "longest": (F("seconds").desc(nulls_last=True), "-placed_at", "-pk"),
    "customer": ("customer__name", "-placed_at", "-pk"),
}
#: What stands in the sentence at once; the rest is behind "More".
_RARE = ("who", "disputed", "direction", "attempt", "sort")
_ONLY_MADE = ("period", "since", "until", "outcome", "who", "disputed", "direction", "sort")


class CallFilter(forms.Form):
    """The sentence above the calls. What is not understood is left out, never an error."""

    show = forms.ChoiceField(choices=SHOW, required=False)
    period = forms.ChoiceField(choices=PERIOD, required=False)
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    outcome = forms.ChoiceField(required=False)
    who = forms.ChoiceField(choices=WHO, required=False)
    disputed = forms.ChoiceField(choices=DISPUTED, required=False)
    direction = forms.ChoiceField(choices=DIRECTION, required=False)
    attempt = forms.ChoiceField(choices=ATTEMPT, required=False)
    sort = forms.ChoiceField(choices=SORT, required=False)
    customer = forms.UUIDField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "size": 22, "placeholder": gettext_lazy("name, number or invoice")}
        ),
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("with any outcome")), *grouped()]


@dataclass(frozen=True)
class Chip:
    """One thing that narrows the list, in words, and the address without it."""

    words: str
    without: str


class Chosen:
    """What holds: the valid choices, with the usual ones where nothing was chosen."""

    def __init__(self, business: Business, query: QueryDict) -> None:
        self.business = business
        self.form = CallFilter(query)
        self.form.is_valid()
        found: dict[str, Any] = self.form.cleaned_data
        self.show: str = found.get("show") or "made"
        self.period: str = found.get("period") or ""
        self.since = _sensible(found.get("since"))
        self.until = _sensible(found.get("until"))
        if (self.since or self.until) and not self.period:
            self.period = "between"
        self.outcome: str = found.get("outcome") or ""
        self.who: str = found.get("who") or ""
        self.disputed: str = found.get("disputed") or ""
        self.direction: str = found.get("direction") or ""
        self.attempt: str = found.get("attempt") or ""
        self.sort: str = found.get("sort") or "newest"
        self.customer: UUID | None = found.get("customer")
        self.q: str = (found.get("q") or "").strip()
        self._query = query

    @property
    def planned(self) -> bool:
        return self.show == "planned"

    @property
    def more(self) -> bool:
        """One of the rarer choices was made, so they are shown."""
        return any(getattr(self, name) not in ("", "newest") for name in _RARE)

    @property
    def between(self) -> bool:
        return self.period == "between"

    def attempts(self) -> "QuerySet[Attempt]":
        """Planned calls, the next first. Only what an attempt has can narrow them."""
        found = self.business.attempts.filter(status=Attempt.Status.PLANNED)
        if self.customer:
            found = found.filter(customer=self.customer)
        if self.attempt:
            found = found.filter(number=int(self.attempt))
        if self.q:
            about = AttemptInvoice.objects.filter(attempt=OuterRef("pk"), invoice__number__icontains=self.q)
            found = found.filter(self._person() | Q(Exists(about)) | self._number("to"))
        return found.order_by("planned_for", "pk")

    def calls(self) -> "QuerySet[Call]":
        """Calls made, or those on the line, in the chosen order."""
        found: QuerySet[Call] = self.business.calls.all()
        if self.show == "live":
            found = found.exclude(status__in=Call.OVER)
        since, until = self._span()
        if since:
            found = found.filter(placed_at__gte=since)
        if until:
            found = found.filter(placed_at__lt=until)
        if self.outcome:
            found = found.filter(disposition=self.outcome)
        if self.direction:
            found = found.filter(direction=self.direction)
        if self.attempt:
            found = found.filter(attempt__number=int(self.attempt))
        if self.customer:
            found = found.filter(customer=self.customer)
        if self.disputed:
            disputed = Q(disposition="dispute") | Q(pk__in=said_in_claims())
            found = found.filter(disputed if self.disputed == "yes" else ~disputed)
        found = self._who_spoke(found)
        if self.q:
            about = AttemptInvoice.objects.filter(attempt=OuterRef("attempt"), invoice__number__icontains=self.q)
            theirs = (self._number("to") & Q(direction="outbound")) | (self._number("caller") & Q(direction="inbound"))
            found = found.filter(self._person() | Q(Exists(about)) | theirs | self._told())
        return found.order_by(*_ORDER[self.sort])

    def chips(self) -> list[Chip]:
        """The sentence as it stands, each part with the address that leaves it out."""
        words: list[tuple[str, tuple[str, ...]]] = []
        if self.q:
            words.append((_("with “%(words)s”") % {"words": self.q}, ("q",)))
        if self.customer:
            name = self.business.customers.filter(pk=self.customer).values_list("name", flat=True).first()
            words.append((_("of %(name)s") % {"name": name or _("somebody not on file")}, ("customer",)))
        if not self.planned:
            words += self._made_words()
        if self.attempt:
            words.append((str(dict(ATTEMPT)[self.attempt]), ("attempt",)))
        return [Chip(said, self._without(*names)) for said, names in words]

    def _made_words(self) -> list[tuple[str, tuple[str, ...]]]:
        words: list[tuple[str, tuple[str, ...]]] = []
        if self.period and (self.period != "between" or self.since or self.until):
            words.append((self._period_words(), ("period", "since", "until")))
        if self.outcome:
            words.append((short(self.outcome), ("outcome",)))
        for name, choices in (("who", WHO), ("disputed", DISPUTED), ("direction", DIRECTION)):
            if getattr(self, name):
                words.append((str(dict(choices)[getattr(self, name)]), (name,)))
        return words

    def _period_words(self) -> str:
        if self.period != "between":
            return str(dict(PERIOD)[self.period])
        if self.since and self.until:
            return _("%(since)s to %(until)s") % {"since": day_words(self.since), "until": day_words(self.until)}
        if self.since:
            return _("since %(day)s") % {"day": day_words(self.since)}
        assert self.until is not None
        return _("until %(day)s") % {"day": day_words(self.until)}

    def _without(self, *names: str) -> str:
        query = self._query.copy()
        for name in (*names, "page"):
            query.pop(name, None)
        return f"{reverse('calls')}?{query.urlencode()}" if query else reverse("calls")

    def _span(self) -> tuple[datetime | None, datetime | None]:
        """From the first moment to just before the last, on the business's wall."""
        first, after = self._days(today())
        return _midnight(first), _midnight(after)

    def _days(self, on: date) -> tuple[date | None, date | None]:
        month = on.replace(day=1)
        match self.period:
            case "today":
                return on, None
            case "yesterday":
                return on - timedelta(days=1), on
            case "week":
                return on - timedelta(days=on.weekday()), None
            case "7" | "30" | "90":
                return on - timedelta(days=int(self.period) - 1), None
            case "month":
                return month, None
            case "last_month":
                return (month - timedelta(days=1)).replace(day=1), month
            case "between":
                return self.since, self.until + timedelta(days=1) if self.until else None
        return None, None

    def _who_spoke(self, found: "QuerySet[Call]") -> "QuerySet[Call]":
        match self.who:
            case "them":
                return found.exclude(disposition__in=NOBODY_SPOKE)
            case "right":
                return found.filter(right_party=True)
            case "other":
                return found.filter(right_party=False).exclude(disposition__in=NOBODY_SPOKE)
            case "nobody":
                return found.filter(disposition__in=[nobody for nobody in NOBODY_SPOKE if nobody])
        return found

    def _person(self) -> Q:
        people = Contact.objects.filter(customer=OuterRef("customer"), name__icontains=self.q)
        return Q(customer__name__icontains=self.q) | Q(customer__company__icontains=self.q) | Q(Exists(people))

    @cached_property
    def _so_numbered(self) -> list[UUID]:
        return list(self.business.invoices.filter(number=self.q).values_list("pk", flat=True)[:20])

    def _told(self) -> Q:
        """Calls a customer made, about an invoice of this very number: no attempt says what they were about."""
        told = Q(pk__in=[])
        for pk in self._so_numbered:
            told |= Q(about__contains=[str(pk)])
        return told

    def _number(self, field: str) -> Q:
        """A telephone number as people write it; four figures are enough."""
        figures = re.sub(r"\D", "", self.q)
        return Q(**{f"{field}__contains": figures}) if len(figures) >= 4 else Q(pk__in=[])


def said_in_claims() -> "QuerySet[Claim, UUID]":
    """The calls in which somebody objected, whatever else the call came to."""
    told = Claim.objects.filter(source=Claim.Source.CALL, evidence__has_key="call")
    return told.values_list(Cast(KeyTextTransform("call", "evidence"), UUIDField()), flat=True)


def _sensible(on: date | None) -> date | None:
    """A day somebody can have called on."""
    return on if on and 2000 <= on.year < 2100 else None


def _midnight(on: date | None) -> datetime | None:
    return datetime.combine(on, time.min, timezone.get_current_timezone()) if on else None
