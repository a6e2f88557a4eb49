"""Books are read beside calls and never before them: while somebody talks, a reader rests as long as it has worked.

Being nice and having less of the processor does not reach the database: its servers for a first load stand beside those that
freeze a bill, with the same right. What is not asked of them takes nothing from anybody.
"""

import time
from collections.abc import Callable

LONGEST_REST = 5.0  # seconds; a page that took longer waited for somebody itself

_asked: list[Callable[[], bool]] = []


def gives_way_when(somebody_talks: Callable[[], bool]) -> None:
    """Say who knows whether a call is open. It is asked once a page of the books, from a worker, and must not raise."""
    _asked.append(somebody_talks)


def rest(worked: float) -> float:
    """After so many seconds of work, outside any transaction: rest as long while a call is open. The seconds rested."""
    if not any(somebody_talks() for somebody_talks in _asked):
        return 0.0
    seconds = min(worked, LONGEST_REST)
    time.sleep(seconds)
    return seconds
