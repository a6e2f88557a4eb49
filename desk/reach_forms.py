"""What the firm puts on record about when, where and whether a customer may be reached, as its members type it."""

from datetime import date, time
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from compliance.firm import Wanted
from compliance.lifting import Request
from compliance.models import Statement, StopKind
from compliance.rulebook import RuleBook
from desk.forms import ZONES
from desk.wording.rules import WEEKDAYS

PAPERS = {".pdf", ".png", ".jpg", ".jpeg", ".heic", ".txt", ".eml"}
LARGEST_PAPER = 10 * 1024 * 1024
_TIME = forms.TimeInput(attrs={"type": "time", "step": "60"}, format="%H:%M")
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CallingRulesForm(forms.Form):
    """When and how often this firm lets its customers be called: stricter than the law and our own rules, never looser."""

    call_from = forms.TimeField(label=_("Business contacts: not before"), widget=_TIME)
    call_until = forms.TimeField(label=_("Business contacts: not after"), widget=_TIME)
    consumer_from = forms.TimeField(label=_("Private persons: not before"), widget=_TIME)
    consumer_until = forms.TimeField(label=_("Private persons: not after"), widget=_TIME)
    weekdays = forms.MultipleChoiceField(
        label=_("On these days"),
        choices=[(str(day), WEEKDAYS[day]) for day in range(5)],
        widget=forms.CheckboxSelectMultiple,
    )
    max_attempts = forms.IntegerField(
        label=_("Calls for one invoice, at most"), widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    min_gap_days = forms.IntegerField(
        label=_("Days between two calls, at least"), widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    first_attempt_day = forms.IntegerField(
        label=_("First call so many days after the due date"), widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    leaves_messages = forms.BooleanField(
        label=_("Leave a message on a business's voicemail"),
        help_text=_("A short one, without an amount. Either way it is one of the calls. A private person's gets none."),
        required=False,
    )

    def clean_call_from(self) -> time:
        return self._not_before("call_from")

    def clean_consumer_from(self) -> time:
        return self._not_before("consumer_from")

    def clean_call_until(self) -> time:
        return self._not_after("call_until")

    def clean_consumer_until(self) -> time:
        return self._not_after("consumer_until")

    def clean_max_attempts(self) -> int:
        most, wanted = RuleBook.load().house.max_attempts, int(self.cleaned_data["max_attempts"])
        if not 1 <= wanted <= most:
            raise forms.ValidationError(_("1 to %(most)d: nobody is called more often than that.") % {"most": most})
        return wanted

    def clean_min_gap_days(self) -> int:
        return self._at_least("min_gap_days", RuleBook.load().house.min_gap_days)

    def clean_first_attempt_day(self) -> int:
        return self._at_least("first_attempt_day", RuleBook.load().house.first_attempt_day)

    def clean(self) -> dict[str, Any]:
        for first, last in (("call_from", "call_until"), ("consumer_from", "consumer_until")):
            start, end = self.cleaned_data.get(first), self.cleaned_data.get(last)
            if start is not None and end is not None and start >= end:
                self.add_error(last, _("This must be later than the time before it."))
        return self.cleaned_data

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(
            hours=(given["call_from"], given["call_until"]),
            consumer_hours=(given["consumer_from"], given["consumer_until"]),
            weekdays=frozenset(int(day) for day in given["weekdays"]),
            max_attempts=given["max_attempts"],
            min_gap_days=given["min_gap_days"],
            first_attempt_day=given["first_attempt_day"],
            leaves_messages=given["leaves_messages"],
        )

    @staticmethod
    def shown(wanted: Wanted) -> dict[str, Any]:
        """The settings as they are, for the form."""
        return {
            "call_from": wanted.hours[0],
            "call_until": wanted.hours[1],
            "consumer_from": wanted.consumer_hours[0],
            "consumer_until": wanted.consumer_hours[1],
            "weekdays": [str(day) for day in sorted(wanted.weekdays)],
            "max_attempts": wanted.max_attempts,
            "min_gap_days": wanted.min_gap_days,
            "first_attempt_day": wanted.first_attempt_day,
            "leaves_messages": wanted.leaves_messages,
        }

    def _not_before(self, name: str) -> time:
        opens, wanted = RuleBook.load().house.hours[0], _minute(self.cleaned_data[name])
        if wanted < opens:
            raise forms.ValidationError(_("Nobody is called before %(hour)s.") % {"hour": f"{opens:%-I:%M %p}".lower()})
        return wanted

    def _not_after(self, name: str) -> time:
        closes, wanted = RuleBook.load().house.hours[1], _minute(self.cleaned_data[name])
        if wanted > closes:
            raise forms.ValidationError(_("Nobody is called after %(hour)s.") % {"hour": f"{closes:%-I:%M %p}".lower()})
        return wanted

    def _at_least(self, name: str, least: int) -> int:
        wanted = int(self.cleaned_data[name])
        if not least <= wanted <= 365:
            raise forms.ValidationError(_("%(least)d days or more, up to a year.") % {"least": least})
        return wanted


class StatementForm(forms.Form):
    """What the customer said about when and where."""

    kind = forms.ChoiceField(label=_("They are"), choices=Statement.Kind.choices)
    number = forms.ChoiceField(label=_("Which number?"), required=False)
    start = forms.TimeField(label=_("From"), required=False, widget=_TIME)
    end = forms.TimeField(label=_("Until"), required=False, widget=_TIME)
    weekday = forms.TypedChoiceField(
        label=_("Day"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "—"), *((str(number), word) for number, word in enumerate(WEEKDAYS))],
    )
    zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=[("", "—"), *ZONES])
    words = forms.CharField(label=_("In their words"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, numbers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = [("", _("whatever number rings")), *numbers]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given, kind = self.cleaned_data, Statement.Kind(self.cleaned_data.get("kind", "not_at_work"))
        needed = {
            Statement.Kind.NOT_BETWEEN: ("start", "end"),
            Statement.Kind.NOT_ON: ("weekday",),
            Statement.Kind.ZONE: ("zone",),
            Statement.Kind.WORKPLACE: ("number",),
            Statement.Kind.NOT_WORKPLACE: ("number",),
        }.get(kind, ())
        for name in needed:
            if given.get(name) in (None, ""):
                self.add_error(name, _("This belongs to it."))
        if kind == Statement.Kind.NOT_BETWEEN and given.get("start") == given.get("end") is not None:
            self.add_error("end", _("Another time than the first."))
        return given

    def said(self) -> dict[str, Any]:
        """What ``compliance.statements.state`` is told; what does not belong to the kind is left out."""
        given, kind = self.cleaned_data, Statement.Kind(self.cleaned_data["kind"])
        found: dict[str, Any] = {"kind": kind, "words": given["words"]}
        if kind == Statement.Kind.NOT_BETWEEN:
            found["between"] = (_minute(given["start"]), _minute(given["end"]))
        if kind == Statement.Kind.NOT_ON:
            found["weekday"] = given["weekday"]
        if kind == Statement.Kind.ZONE:
            found["zone"] = given["zone"]
        else:
            found["number"] = given["number"]
        return found


class StopForm(forms.Form):
    """They told the firm: it stops just the same."""

    kind = forms.ChoiceField(label=_("The customer"), choices=StopKind.choices)
    number = forms.ChoiceField(label=_("Which number?"), required=False)
    words = forms.CharField(
        label=_("What did they say, or how do you know?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, numbers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = [("", _("all of them")), *numbers]  # type: ignore[attr-defined]


class LawyerForm(forms.Form):
    """Who acts for the customer."""

    name = forms.CharField(label=_("Name, and office"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("What is about a dispute goes there and to nobody else. Nobody is asked for money."),
    )


class LiftingForm(forms.Form):
    """The customer himself asked to be contacted again."""

    how = forms.ChoiceField(label=_("How did they ask?"), choices=list(Request.WAYS.items()))
    on = forms.DateField(label=_("On which day?"), widget=_DAY)
    words = forms.CharField(
        label=_("What did they say or write?"),
        help_text=_("In their own words. It stays on record with your name."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    file = forms.FileField(
        label=_("Their letter, e-mail or a photo of it"),
        required=False,
        help_text=_("PDF, picture, e-mail or text file, up to 10 MB."),
    )
    sure = forms.BooleanField(label=_("They asked for it themselves; we did not ask them to"))

    def __init__(self, *args: Any, stopped_on: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stopped_on, self.today = stopped_on, today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on < self.stopped_on:
            raise forms.ValidationError(_("That is before they asked us to stop."))
        if on > self.today:
            raise forms.ValidationError(_("That day is still to come."))
        return on

    def clean_file(self) -> "UploadedFile[Any] | None":
        paper: UploadedFile[Any] | None = self.cleaned_data["file"]
        if paper is None:
            return None
        if PurePath(paper.name or "").suffix.lower() not in PAPERS:
            raise forms.ValidationError(_("A PDF, a picture, an e-mail or a text file belongs here."))
        if (paper.size or 0) > LARGEST_PAPER:
            raise forms.ValidationError(_("That file is larger than 10 MB."))
        return paper


class ConfirmationForm(forms.Form):
    """The customer said that the number is still his and may be called."""

    on = forms.DateField(label=_("When did they say so?"), widget=_DAY)
    how = forms.CharField(label=_("Who said it, and how?"), max_length=300)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(_("That day is still to come."))
        return on


class EndingForm(forms.Form):
    reason = forms.CharField(label=_("What did they say since?"), max_length=300)


class PostingForm(forms.Form):
    on = forms.DateField(label=_("Put in the mail on"), widget=_DAY)

    def __init__(self, *args: Any, owed_on: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owed_on, self.today = owed_on, today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if not self.owed_on <= on <= self.today:
            raise forms.ValidationError(_("A day between the conversation and today belongs here."))
        return on


class CounselForm(forms.Form):
    """Counsel's word on calling private persons."""

    counsel = forms.CharField(label=_("Who looked at it?"), max_length=200, help_text=_("The lawyer's name."))
    on = forms.DateField(label=_("When?"), widget=_DAY)
    reference = forms.CharField(
        label=_("Where is it written?"), max_length=300, help_text=_("The letter or opinion, and where it is kept.")
    )
    sure = forms.BooleanField(label=_("Counsel looked at the rules, the opening words and the notice"))
    private_wording = forms.BooleanField(
        label=_("Counsel read what is said of a bill in our practice: its number and its date, never what was done")
    )

    def __init__(self, data: Any = None, *, is_sensitive: bool) -> None:
        super().__init__(data)
        if not is_sensitive:
            del self.fields["private_wording"]


def _minute(value: time) -> time:
    return value.replace(second=0, microsecond=0)
