"""Danger, a child, an objection to the recording, a language nobody here speaks: they end the call whatever else is open."""

from dataclasses import dataclass

from calls.agent import stops
from calls.agent.acts import Note, NoteKind, StopRecording
from calls.agent.dispositions import Disposition
from calls.agent.everyday import Everyday, everyday
from calls.agent.steps import LineAct
from calls.agent.turn import Turn


@dataclass(frozen=True, slots=True)
class AboveAll:
    """What is noted, said, and how the call ends."""

    note: NoteKind
    key: str
    act: LineAct
    disposition: Disposition


ABOVE_ALL = {
    Everyday.VULNERABLE: AboveAll(NoteKind.VULNERABLE, "vulnerable", LineAct.REASSURE, Disposition.VULNERABLE),
    Everyday.RECORDING_REFUSED: AboveAll(
        NoteKind.SAID, "recording_refused", LineAct.CONFIRM, Disposition.RECORDING_REFUSED
    ),
    # 50 USC 3931, 3937: a person looks at it before anything else happens
    Everyday.ACTIVE_DUTY: AboveAll(NoteKind.ACTIVE_DUTY, "active_duty", LineAct.CONFIRM, Disposition.VULNERABLE),
    Everyday.LANGUAGE: AboveAll(NoteKind.LANGUAGE, "language", LineAct.APOLOGIZE, Disposition.LANGUAGE),
}


def above_all(text: str) -> AboveAll | None:
    said = everyday(text)
    return ABOVE_ALL.get(said) if said is not None else None


def end_above_all(turn: Turn, text: str) -> bool:
    """True where these words are such. What was objected to or stopped in the same breath is acted on, and said to be."""
    found = above_all(text)
    if found is None:
        return False
    stop_recording(turn, text, found)
    if turn.heard is not None:
        stops.end_half_a_doubt(turn, turn.heard)
        stops.take_last_words(turn, text, turn.heard)
    turn.do(Note(found.note, text))
    say(turn, found)
    stops.acknowledge_besides(turn)
    turn.close(found.disposition, short=True)
    return True


def stop_recording(turn: Turn, text: str, found: AboveAll) -> None:
    if found.disposition is Disposition.RECORDING_REFUSED:
        turn.do(StopRecording(text))


def say(turn: Turn, found: AboveAll) -> None:
    """Who stops or objects besides is not told of letters."""
    beside = turn.state.suppressed or turn.state.frozen
    short = beside and found.disposition is Disposition.RECORDING_REFUSED
    turn.say("recording_stopped" if short else found.key, found.act)
