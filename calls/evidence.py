"""What calls add to an evidence pack: each call about the invoice, with the transcript as it was heard and really played."""

from collections.abc import Iterable

from calls.models import Call
from disputes.evidence import Item, gathers
from disputes.models import Dispute


def register() -> None:
    gathers(_of_dispute)


def _of_dispute(dispute: Dispute) -> Iterable[Item]:
    about = Call.objects.filter(attempt__about__invoice=dispute.invoice_id, attempt__about__dropped_at=None)
    said_on = [claim.evidence.get("call") for claim in dispute.claims.filter(source="call")]
    calls = about | Call.objects.filter(pk__in=[pk for pk in said_on if pk])
    for call in calls.distinct().order_by("placed_at", "pk"):
        facts = {
            "direction": call.direction,
            "to": call.to,
            "caller": call.caller,
            "placed_at": call.placed_at,
            "answered_at": call.answered_at,
            "ended_at": call.ended_at,
            "seconds": call.seconds,
            "disposition": call.disposition,
            "right_party": call.right_party,
            "recording": call.recording_sid,
            "versions": [call.script_version, call.hearing_version, call.rules_version],
            "transcript": [
                {
                    "second": line.second,
                    "speaker": line.speaker,
                    "text": line.text,
                    "played": line.played,
                    "heard_as": line.intent,
                    "state": line.state,
                    "partial": line.partial,
                }
                for line in call.lines.order_by("position")
            ],
        }
        yield Item("call", f"call to {call.to}", call.placed_at, facts)
