"""How a call may get on: the carrier's states, and which of two of them is the later. Pure."""

from calls.agent.outcomes import Disposition
from calls.models import Call

_S = Call.Status

# Callbacks come late, twice and out of order: a state counts only if it lies further along.
_RANK: dict[str, int] = {_S.QUEUED: 0, _S.RINGING: 1, _S.IN_PROGRESS: 2, **dict.fromkeys(Call.OVER, 3)}
_OTHER_NAMES = {"initiated": _S.QUEUED, "answered": _S.IN_PROGRESS}

# A call nobody spoke on ends as the carrier says. A completed one is judged by what was said.
UNANSWERED: dict[str, Disposition] = {
    _S.BUSY: Disposition.BUSY,
    _S.NO_ANSWER: Disposition.NO_ANSWER,
    _S.FAILED: Disposition.FAILED,
}


def known(word: str) -> str:
    """The carrier's word as a state of ours; empty where it says nothing about how far the call is."""
    status = _OTHER_NAMES.get(word, word)
    return str(status) if status in _RANK else ""


def later(current: str, word: str) -> str:
    """The state to go to on hearing this word; empty when the call is there or further already."""
    status = known(word)
    return status if status and _RANK[status] > _RANK[current] else ""


def fetched(current: str, word: str) -> str:
    """The same word where the carrier was asked for it: what it calls over is over, and who answered was not busy."""
    answered_and_over = current == _S.IN_PROGRESS and known(word) in (_S.BUSY, _S.NO_ANSWER)
    return str(_S.COMPLETED) if answered_and_over else word


def is_over(status: str) -> bool:
    return status in Call.OVER
