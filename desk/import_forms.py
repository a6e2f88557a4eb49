"""What a member chooses when a file comes in: the file, what each of its columns is, and how it is written."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from integrations.file import columns, values
from integrations.file.choices import Choices
from integrations.file.tables import MOST_BYTES, MOST_COLUMNS, MOST_ROWS


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Your list of invoices"),
        help_text=_("A .csv or .xlsx file of up to %(mb)d MB, %(rows)s rows and %(columns)d columns.")
        % {"mb": MOST_BYTES // 1024 // 1024, "rows": f"{MOST_ROWS:,}", "columns": MOST_COLUMNS},
        error_messages={"required": _("Choose a file first."), "empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        max_length=None,
    )

    def clean_file(self) -> Any:
        """Refused by its size before any of it is read."""
        found = self.cleaned_data["file"]
        if found.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than %(mb)d MB.") % {"mb": MOST_BYTES // 1024 // 1024})
        return found


class ColumnsForm(forms.Form):
    """One choice for each column, and two for the whole file."""

    DATES = (
        (values.AUTO, _("as the column shows; the month first where it does not")),
        (values.MONTH, _("month first: 11/24/2026")),
        (values.DAY, _("day first: 24/11/2026")),
    )
    DECIMAL = ((values.POINT, _("with a point: 1,234.50")), (values.COMMA, _("with a comma: 1.234,50")))
    dates = forms.ChoiceField(label=_("Dates are written"), choices=DATES)
    decimal = forms.ChoiceField(label=_("Cents are written"), choices=DECIMAL)

    def __init__(self, data: Any, *, header: Sequence[str], chosen: Choices) -> None:
        named = {at: name for name, at in chosen.columns.items()}
        initial = {"dates": chosen.dates, "decimal": chosen.decimal}
        super().__init__(data, initial=initial | {f"column_{at}": named.get(at, "") for at in range(len(header))})
        self.header = header
        options = [("", _("leave out")), *((field.name, field.label) for field in columns.FIELDS)]
        for at, words in enumerate(header):
            label = _now("What “%(column)s” is") % {"column": words or at + 1}
            self.fields[f"column_{at}"] = forms.ChoiceField(choices=options, required=False, label=label)

    def clean(self) -> dict[str, Any]:
        """Each field at one column, and nothing missing that an invoice needs."""
        cleaned: dict[str, Any] = super().clean() or {}
        taken: dict[str, int] = {}
        for at in range(len(self.header)):
            name = cleaned.get(f"column_{at}")
            if name and name in taken:
                other = self.header[taken[name]] or str(taken[name] + 1)
                self.add_error(f"column_{at}", _("Already chosen for “%(column)s”.") % {"column": other})
            elif name:
                taken[name] = at
        for lacking in columns.missing(taken):
            self.add_error(None, _LACKING[lacking])
        cleaned["columns"] = taken
        return cleaned

    def chosen(self) -> Choices:
        return Choices(self.cleaned_data["columns"], self.cleaned_data["dates"], self.cleaned_data["decimal"])


_LACKING = {
    "number": _("Say which column is the invoice number."),
    "customer": _("Say which column is the customer's name."),
    "balance": _("Say which column is the balance still owed, or which two are the total and what was paid."),
}
