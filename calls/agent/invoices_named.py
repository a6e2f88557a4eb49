"""Which of several invoices a sentence is about: by number, day, job or amount; all of them where it names none."""

import re
from datetime import date

from calls.agent.dates import days_mentioned
from calls.agent.facts import Brief, InvoiceFacts
from calls.agent.numbers import amounts_named, digit_runs, words

SHORTEST_INSIDE = 4  # so many digits of a number are telling even inside a longer run


def invoices_named(text: str, brief: Brief) -> tuple[str, ...]:
    """Invoice numbers, in the order of the brief. Never empty: an objection that names none is about all that were mentioned."""
    return named_in(text, brief) or tuple(invoice.number for invoice in brief.invoices)


def named_in(text: str, brief: Brief) -> tuple[str, ...]:
    """The numbers of the invoices these words name, in the order of the brief; empty where they name none.

    Every way of naming counts, so that an objection to two bills named in two ways leaves neither out.
    """
    said, runs, sums, days = words(text), digit_runs(text), amounts_named(text), days_mentioned(text)
    return tuple(
        invoice.number
        for invoice in brief.invoices
        if _by_number(invoice.number, said, runs)
        or _by_amount(invoice, sums)
        or _by_work(invoice.work, said)
        or _by_day(invoice, days)
    )


def _by_number(number: str, said: list[str], runs: list[str]) -> bool:
    plain = re.sub(r"\D", "", number)
    if len(plain) < 2:
        return number.lower() in said and not number.isdigit()
    return plain in runs or (len(plain) >= SHORTEST_INSIDE and any(plain in run for run in runs))


def _by_amount(invoice: InvoiceFacts, sums: set[int]) -> bool:
    whole = int(invoice.amount.amount)
    return whole >= 10 and whole in sums


def _by_work(work: str, said: list[str]) -> bool:
    telling = [word for word in words(work) if len(word) > 3]
    return any(word in said for word in telling)


def _by_day(invoice: InvoiceFacts, days: set[tuple[int | None, int]]) -> bool:
    known = [day for day in (invoice.due_date, invoice.service_date) if isinstance(day, date)]
    return any((day.month, day.day) in days or (None, day.day) in days for day in known)
