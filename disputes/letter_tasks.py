"""What a letter about a dispute asks of the owner in his books: the steps, once, and where each invoice is."""

from collections.abc import Sequence
from dataclasses import dataclass

from disputes.models import Dispute
from disputes.reminders import task_of
from invoices.by_hand import Door, doors_of, steps_of, vendor_of
from invoices.models import BookEntry


@dataclass(frozen=True)
class ReminderTask:
    """The reminders of these invoices at one vendor, and the steps to quiet them."""

    numbers: str
    vendor: str
    steps: Sequence[str]
    doors: list[Door]


def reminder_tasks(disputes: Sequence[Dispute]) -> tuple[list[ReminderTask], list[ReminderTask]]:
    """Whose reminders the owner turns off himself, and whose we do. None of those that are known to be off, or done."""
    entries = [entry for dispute in disputes if (entry := task_of(dispute)) is not None]
    by_hand = [entry for entry in entries if entry.status == BookEntry.Status.BY_HAND]
    by_us = [entry for entry in entries if entry.status == BookEntry.Status.OWED]
    return _together(by_hand), _together(by_us)


def _together(entries: Sequence[BookEntry]) -> list[ReminderTask]:
    """A vendor's steps stand once, however many invoices."""
    found: dict[str, list[BookEntry]] = {}
    for entry in entries:
        found.setdefault(vendor_of(entry), []).append(entry)
    return [
        ReminderTask(
            numbers=", ".join(entry.invoice.number or entry.invoice.external_id for entry in of_vendor),
            vendor=vendor,
            steps=steps_of(of_vendor[0]),
            doors=list({door.url: door for entry in of_vendor for door in doors_of(entry)}.values()),
        )
        for vendor, of_vendor in found.items()
    ]
