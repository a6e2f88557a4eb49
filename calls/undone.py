"""What was decided on a line and is not committed yet: kept beside the agent's state, so that a killed relay loses none of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from calls.acts import Scene, carry_out, is_carried_out
from calls.agent import acts
from calls.agent.codec import CodecError, pack, unpack
from calls.models import Call
from syntharra import logs

log = logs.get(__name__)
KEY = "undone"


def as_kept(asked: Sequence[acts.Act], evidence: Mapping[str, Any]) -> list[dict[str, Any]]:
    """These acts as they are written down. What happens on the line alone is left out: it is over with the line."""
    return [
        {"act": type(act).__name__, "facts": pack(act), "evidence": dict(evidence)}
        for act in asked
        if is_carried_out(act)
    ]


def carry_out_undone(call: Call) -> None:
    """Do, in order, what a relay wrote down and did not live to do. Raises what went wrong; doing it again is safe.

    ``call`` has it no more afterwards. What another version wrote and nobody can read is left out, with a line in the log.
    """
    kept = call.agent_state.get(KEY)
    if not kept:
        return
    for act, evidence in _read(call, kept):
        scene = Scene(line_id=call.line_id, call_id=call.pk, language=call.language, evidence=evidence)
        carry_out(scene, [act])
    _cross_out(call, kept)


def _read(call: Call, kept: list[dict[str, Any]]) -> Iterator[tuple[acts.Act, dict[str, Any]]]:
    for entry in kept:
        try:
            yield unpack(getattr(acts, entry["act"]), entry["facts"]), entry["evidence"]
        except (CodecError, AttributeError, KeyError, TypeError) as error:
            log.error("act_unreadable", call=str(call.pk), error=f"{type(error).__name__}: {error}")


@transaction.atomic
def _cross_out(call: Call, kept: list[dict[str, Any]]) -> None:
    """A session that is still alive may have written more since: that is not ours to cross out."""
    stored = Call.objects.select_for_update(no_key=True).only("agent_state").get(pk=call.pk).agent_state
    if stored.get(KEY) == kept:
        stored = {**stored, KEY: []}
        Call.objects.filter(pk=call.pk).update(agent_state=stored)
    call.agent_state = stored
