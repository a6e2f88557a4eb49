"""Why a file, a row or a cell cannot be taken, in words: what is wrong, and how to put it right. Data."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from integrations.file.columns import BY_NAME
from integrations.file.lines import Note

_SAVE_AS = _("Open it in your spreadsheet program, save it as .xlsx or .csv, and bring that in.")

FILES: Mapping[str, tuple[Any, Any]] = {
    "empty": (_("The file is empty."), _("Choose the file with your invoices.")),
    "too_large": (
        _("The file is larger than %(most)d MB."),
        _("Leave out what is paid, or split it, and bring it in again."),
    ),
    "too_many_rows": (
        _("The file has more than %(most)d rows."),
        _("Leave out what is paid, or split it, and bring it in again."),
    ),
    "too_many_columns": (
        _("The file has %(found)d columns; we take up to %(most)d."),
        _("Delete the columns that have nothing to do with invoices."),
    ),
    "one_column": (
        _("We found only one column."),
        _("An invoice list needs at least a number, a customer and a balance, each in a column of its own."),
    ),
    "no_rows": (_("There is a header, but no row under it."), _("Choose the file with your invoices.")),
    "pdf": (
        _("This is a PDF. We cannot read amounts out of it safely."),
        _("Export the list from your program as .csv or .xlsx."),
    ),
    "picture": (_("This is a picture."), _("Export the list from your program as .csv or .xlsx.")),
    "html": (_("This is a web page, even if its name ends in .xls."), _SAVE_AS),
    "old_excel": (_("This is a workbook of the Excel of before 2007 (.xls)."), _SAVE_AS),
    "open_document": (_("This is an OpenDocument spreadsheet (.ods)."), _SAVE_AS),
    "locked": (_("The file is locked with a password."), _("Remove the password, save it, and bring it in again.")),
    "macros": (
        _("The workbook contains macros, which are programs. We take none."),
        _("Save it as .xlsx without macros, or as .csv."),
    ),
    "bomb": (
        _("The workbook would unfold into far more than it seems, so we did not open it."),
        _("Copy the list into a new workbook and bring that in."),
    ),
    "broken": (
        _("The file is damaged, or not what its beginning says."),
        _("Open it in your spreadsheet program, save it again, and bring that in."),
    ),
    "uncounted": (
        _("Some cells hold a formula without its result, so we cannot see what stands there."),
        _("Open it in Excel, save it, and bring it in again: saving writes the results beside the formulas."),
    ),
    "open_quote": (
        _("A quotation mark in line %(line)d is never closed, so everything after it would be one cell."),
        _("Correct that line, or save the list as .xlsx."),
    ),
    "another_kind": (_("This is neither a .csv nor an .xlsx file."), _SAVE_AS),
}

_ROWS: Mapping[str, Any] = {
    "missing": _("Nothing stands here."),
    "too_long": _("The number is longer than 60 characters."),
    "amount_unreadable": _("“%(value)s” is no amount we can read to the cent."),
    "amount_decimals": _("“%(value)s” has parts of a cent. We never round what somebody owes."),
    "amount_too_large": _("“%(value)s” is larger than we can book."),
    "currency_unknown": _("“%(value)s” is no currency we know."),
    "currencies_differ": _("The row names several currencies: %(value)s."),
    "date_unreadable": _("“%(value)s” is no date we can read."),
    "paid_but_owed": _("The status says “%(value)s”, but a balance is still owed. Which is right?"),
    "more_than_total": _("The balance of %(value)s is larger than the invoice's total."),
    "twice": _("Invoice %(value)s stands in row %(other)d too and says something else. Which is right?"),
    "total_row": _("A line of totals."),
    "credit": _("A credit of %(value)s: nothing is owed on it."),
    "same_again": _("The same as row %(other)d."),
    "nothing_owed": _("Nothing is owed on it, and we do not have it."),
    "also_elsewhere": _("Also open in %(value)s, which you have connected. Nobody should be asked twice."),
    "state_unknown": _("“%(value)s” is no state we know; left empty."),
    "kind_unknown": _("“%(value)s” says neither company nor person; taken for a person."),
    "phone_unreadable": _("“%(value)s” is no number we can dial."),
    "phone_foreign": _("%(value)s is a number of another country; we do not dial it."),
    "email_unreadable": _("“%(value)s” is no e-mail address."),
    "sent_unknown": _("“%(value)s” is neither yes nor no; we take it that nobody knows."),
}


def about_file(reason: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong with a file, and what to do."""
    what, todo = FILES[reason]
    return str(what) % facts, str(todo) % facts


def about_row(note: Note) -> str:
    """What is wrong in a row, without saying where."""
    return str(_ROWS[note.reason]) % {"value": note.value, "other": note.other_row}


def column_of(note: Note) -> str:
    """Where in the row, by the name of the field."""
    return str(BY_NAME[note.field].label) if note.field in BY_NAME else _now("The whole row")
