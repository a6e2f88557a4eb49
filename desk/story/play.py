"""The order of the scenes."""

from collections.abc import Callable
from typing import Any

from desk.sandbox import AVA, password
from desk.story import after, endings, scenes
from desk.story.report import Report

CALLS_WITHIN = 240.0


def play(web: str, simulators: str) -> Report:
    """Play all of it on a fresh installation; the report says which steps held and what shows it."""
    stage, report = scenes.Stage(web, simulators), Report()
    stage.owner.sign_in(AVA["email"], password())
    for name, scene in SCENES:
        with report.step(name) as said:
            scene(stage, said)
    return report


def _calls(stage: scenes.Stage, said: dict[str, Any]) -> None:
    scenes.play_the_calls(stage, within=CALLS_WITHIN)
    said["rings"] = len(stage.ask("twilio/_sim/rings")["rings"])


SCENES: tuple[tuple[str, Callable[[scenes.Stage, dict[str, Any]], None]], ...] = (
    ("connected", scenes.connect),
    ("synced", scenes.sync),
    ("planned", scenes.planned),
    ("refused_by_gate", scenes.refused_by_gate),
    ("calls_played", _calls),
    ("call_completed_paid", scenes.paid_call),
    ("recovery_booked", scenes.recovery),
    ("fee_booked", scenes.fee),
    ("call_stopped_on_dispute", scenes.stopped_on_dispute),
    ("invoice_frozen", scenes.frozen),
    ("owner_notified", scenes.owner_notified),
    ("voicemail_without_amount", scenes.voicemail),
    ("acknowledged", after.acknowledged),
    ("digest_sent", after.digest_sent),
    ("specified", endings.specified),
    ("no_contact_after_freeze", after.no_contact_after_freeze),
    ("opt_out_respected", after.opt_out_respected),
    ("resolved_by_credit_memo", endings.resolved_by_credit_memo),
    ("resumed_on_agreed_amount", endings.resumed_on_agreed_amount),
    ("settled_in_part", endings.settled_in_part),
    ("customer_dropped_it", endings.customer_dropped_it),
    ("owner_fixed_it_in_the_books", endings.owner_fixed_it_in_the_books),
    ("paid_while_frozen", endings.paid_while_frozen),
    ("written_off", endings.written_off),
    ("evidence_verified", endings.evidence_verified),
    ("stranger_sees_nothing", after.stranger_sees_nothing),
)
