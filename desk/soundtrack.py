"""Who spoke when, drawn from the transcript: two lanes and the moments that counted. Pure.

The transcript knows when an agent's words were sent and when a customer's sentence was finished; how long each took is
worked out from its length, so the drawing is a map to the recording, not a measurement of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from calls.models import TranscriptLine
from desk.wording.transcript import begins, heard, takes

WIDTH = 1000.0


@dataclass(frozen=True)
class Stretch:
    """Somebody speaks, in thousandths of the whole length."""

    by_customer: bool
    x: float
    width: float
    stopped: bool = False


@dataclass(frozen=True)
class Track:
    seconds: float
    stretches: tuple[Stretch, ...]
    stop_x: float | None


def track(lines: Sequence[TranscriptLine], *, stopped: TranscriptLine | None, seconds: int | None) -> Track | None:
    """The drawing; None where nothing was said."""
    spans = _spans([line for line in lines if not line.partial])
    if not spans:
        return None
    length = max([float(seconds or 0), *(end for _line, _start, end in spans)])
    if length <= 0:
        return None
    scale = WIDTH / length
    stretches = tuple(
        Stretch(
            by_customer=line.speaker == TranscriptLine.Speaker.CUSTOMER,
            x=round(start * scale, 1),
            width=round(max(end - start, 0.3) * scale, 1),
            stopped=line is stopped,
        )
        for line, start, end in spans
    )
    return Track(length, stretches, round(float(stopped.second) * scale, 1) if stopped else None)


def _spans(lines: Sequence[TranscriptLine]) -> list[tuple[TranscriptLine, float, float]]:
    """Lines of one answer follow one another; what was not played takes no time."""
    spans = []
    free = 0.0
    for line in lines:
        start = begins(line)
        if line.speaker == TranscriptLine.Speaker.CUSTOMER:
            end = max(float(line.second), start + 0.3)
        else:
            played, _unplayed = heard(line)
            start = max(start, free)
            end = free = start + (takes(played) if played else 0.0)
        if end > start:
            spans.append((line, start, end))
    return spans
