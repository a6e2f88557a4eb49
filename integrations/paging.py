"""Reading a list by pages while its rows shift. Pure.

They know page numbers only: where a row goes away between two questions, the first of the next page is never seen. So every
window begins a little before the end of the one before, and must hold a row of it; if it does not, we step back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LARGEST = 100
_REMEMBERED = 3
_MOST_STEPS_BACK = 5


@dataclass(frozen=True, slots=True)
class Position:
    """So many rows lie behind us, these ids the last of them."""

    end: int = 0
    tail: tuple[str, ...] = ()
    steps_back: int = 0
    largest: int = LARGEST  # rows a page

    @property
    def window(self) -> tuple[int, int]:
        """Which page of which size to ask for: of those that begin before the end, the one that reaches furthest."""
        if not self.end:
            return 1, self.largest
        reach = {size: ((self.end - 1) // size + 1) * size for size in range(self.largest // 2 + 1, self.largest + 1)}
        size = max(reach, key=lambda size: (reach[size], size))
        return reach[size] // size, size

    def after(self, ids: Sequence[str], *, ended: bool = False) -> "Position | None":
        """Where to go on when the window held these rows; None at the end of the list, by its length or their word."""
        page, size = self.window
        if self.tail and not set(self.tail) & set(ids) and self.steps_back < _MOST_STEPS_BACK:
            end = max(0, self.end - self.largest // 2)
            return Position(end, self.tail if end else (), self.steps_back + 1, self.largest)
        if ended or len(ids) < size:
            return None
        return Position(page * size, tuple(ids[-_REMEMBERED:]), largest=self.largest)
