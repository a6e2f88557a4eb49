"""The acts on the track of a dispute, in sentences: (icon, words, tone) by verb."""

from typing import Any

from django.utils.translation import gettext_lazy as _

TRACK: dict[str, tuple[str, Any, str]] = {
    "resolution_begun": ("flag", _("Began to end a dispute"), "accent"),
    "resolution_confirmed": ("check", _("Confirmed how a dispute ends"), "accent"),
    "resolution_taken_back": ("undo-2", _("Took back a way of ending a dispute"), "clock"),
    "customer_accepted": ("handshake", _("Accepted the offer"), "accent"),
    "customer_declined": ("x", _("Declined the offer"), "frozen"),
    "customer_agrees": ("handshake", _("Agrees that the bill stands"), "accent"),
    "customer_objects": ("quote", _("Does not agree that the bill stands"), "frozen"),
    "customer_happy": ("check", _("Says it is right now"), "accent"),
    "customer_not_happy": ("quote", _("Says it is still not right"), "frozen"),
    "no_answer": ("hourglass", _("No answer came in time"), "clock"),
    "rework_done": ("check", _("Was there again to put it right"), ""),
    "decision_extended": ("calendar-clock", _("Took more time to decide, and told the customer why"), "clock"),
    "books_lowered": ("receipt-text", _("The books lowered a disputed invoice"), "clock"),
    "books_cleared": ("receipt-text", _("The books show nothing owed on a disputed invoice any more"), "clock"),
    "books_paid": ("banknote", _("A disputed invoice was paid"), "clock"),
    "books_part_paid": ("banknote", _("A part of a disputed invoice was paid"), "clock"),
    "books_rose": ("receipt-text", _("A disputed invoice rose in the books"), "late"),
    "books_answered": ("check", _("Answered what the books changed"), ""),
    "specified": ("quote", _("Said what exactly is wrong"), "frozen"),
    "customer_wrote": ("quote", _("Wrote about the dispute"), "frozen"),
    "firm_wrote": ("mail", _("Answered the customer"), "accent"),
    "noted_on_dispute": ("pencil", _("Noted something on a dispute"), ""),
    "assigned": ("user", _("Gave a dispute to somebody"), ""),
    "file_added": ("file-text", _("Added a photo or paper"), ""),
    "evidence_made": ("file-text", _("Made an evidence pack"), ""),
    "legal_hold_on": ("lock", _("Keeps everything for a legal reason"), "clock"),
    "legal_hold_off": ("lock", _("Ended a legal hold"), ""),
    "closed": ("check", _("A dispute ended"), "accent"),
}
