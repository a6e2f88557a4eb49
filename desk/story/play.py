"""The order of the scenes."""

from desk.sandbox import AVA, password
from desk.story import after, scenes
from desk.story.report import Report

CALLS_WITHIN = 240.0


def play(web: str, simulators: str) -> Report:
    """Play all of it on a fresh installation; the report says which steps held and what shows it."""
    stage, report = scenes.Stage(web, simulators), Report()
    stage.owner.sign_in(AVA["email"], password())
    for name, scene in (
        ("connected", scenes.connect),
        ("synced", scenes.sync),
        ("planned", scenes.planned),
        ("refused_by_gate", scenes.refused_by_gate),
    ):
        with report.step(name) as said:
            scene(stage, said)
    with report.step("calls_played") as said:
        scenes.play_the_calls(stage, within=CALLS_WITHIN)
        said["rings"] = len(stage.ask("twilio/_sim/rings")["rings"])
    for name, scene in (
        ("call_completed_paid", scenes.paid_call),
        ("recovery_booked", scenes.recovery),
        ("fee_booked", scenes.fee),
        ("call_stopped_on_dispute", scenes.stopped_on_dispute),
        ("invoice_frozen", scenes.frozen),
        ("owner_notified", scenes.owner_notified),
        ("voicemail_without_amount", scenes.voicemail),
        ("acknowledged", after.acknowledged),
        ("digest_sent", after.digest_sent),
        ("no_contact_after_freeze", after.no_contact_after_freeze),
        ("opt_out_respected", after.opt_out_respected),
        ("stranger_sees_nothing", after.stranger_sees_nothing),
    ):
        with report.step(name) as said:
            scene(stage, said)
    return report
