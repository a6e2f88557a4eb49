"""Which of several invoices a sentence is about: by number, amount or job; all of them where it names none."""

import re

from calls.agent.facts import Brief
from calls.agent.numbers import digit_string, words


def invoices_named(text: str, brief: Brief) -> tuple[str, ...]:
    """Invoice numbers, in the order of the brief. Never empty: an objection that names none is about all that were mentioned."""
    return named_in(text, brief) or tuple(invoice.number for invoice in brief.invoices)


def named_in(text: str, brief: Brief) -> tuple[str, ...]:
    """The numbers of the invoices these words name, in the order of the brief; empty where they name none."""
    said, digits = words(text), digit_string(text)
    joined = " ".join(said)
    found = [invoice.number for invoice in brief.invoices if _names(invoice.number, joined, digits)]
    if not found:
        found = [
            invoice.number
            for invoice in brief.invoices
            if _names(str(invoice.amount.amount.to_integral_value()), joined, digits)
        ]
    if not found:
        found = [invoice.number for invoice in brief.invoices if _names_work(invoice.work, said)]
    return tuple(found)


def _names(number: str, joined: str, digits: str) -> bool:
    plain = re.sub(r"\D", "", number)
    return len(plain) >= 2 and (plain in digits or number.lower() in joined.split())


def _names_work(work: str, said: list[str]) -> bool:
    telling = [word for word in words(work) if len(word) > 3]
    return bool(telling) and any(word in said for word in telling)
