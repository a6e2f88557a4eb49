"""The rows that could not be taken, as a file to put right: each with its number and what is wrong, formulas disarmed."""

import csv
import io
import re
from collections import defaultdict

from django.utils.translation import gettext as _

from integrations.file import words
from integrations.file.lines import Note
from invoices.import_models import ImportBatch
from invoices.imports.plan import Plan

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")
_PLAIN_NUMBER = re.compile(r"[+-]?[\d.,]+")


def as_csv(batch: ImportBatch, plan: Plan) -> bytes:
    """UTF-8 with its mark, so that every spreadsheet program reads it right."""
    of_row: dict[int, list[Note]] = defaultdict(list)
    for note in plan.records.errors:
        of_row[note.row].append(note)
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([_("Row"), _("What is wrong"), *(harmless(cell) for cell in batch.header)])
    for number, cells in batch.rows:
        if notes := of_row.get(number):
            said = " ".join(f"{words.column_of(note)}: {words.about_row(note)}" for note in notes)
            writer.writerow([number, harmless(said), *(harmless(cell) for cell in cells)])
    return written.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A cell no spreadsheet program takes for a formula. Plain numbers stay as they are."""
    if cell.startswith(_STARTS_A_FORMULA) and not _PLAIN_NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
