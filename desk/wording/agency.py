"""What an account is marked with when it is handed to an agency, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from calls import agency

_MARKS: dict[str, Any] = {
    agency.DISPUTED: _("was disputed"),
    agency.TIME_BARRED: _("time-barred: the time to sue is over"),
    agency.MAYBE_BARRED: _("may be time-barred"),
    agency.ATTORNEY: _("has a lawyer: only the lawyer may be contacted"),
    agency.CEASE: _("asked for no contact"),
    agency.NOT_NOTICED: _("no validation notice was sent"),
    agency.WRONG_NUMBER: _("a number on file is not theirs"),
}


def mark_words(mark: str) -> str:
    return str(_MARKS.get(mark, mark))
