"""Words cut into the pieces the multilingual encoder knows: of all ways to cut a word the likeliest, each piece with its log-likelihood."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")
_START, _END, _UNKNOWN = 1, 2, 3
_WORD = "▁"  # how a piece begins that begins a word
_UNLIKELY = 10.0  # below the least likely piece: what a sign nobody knows costs
LONGEST_WORD = 60
MOST_CUTS = 20_000


@dataclass(frozen=True, slots=True)
class Unigram:
    """The pieces with ids and likelihoods, and the words cut so far."""

    ids: dict[str, int]
    likely: list[float]
    longest: int
    unlikely: float
    cuts: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Unigram":
        """A piece a line, a tab, its log-likelihood; its id is the number of the line, from 0. The first four are :data:`SPECIAL`."""
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
        return cls.of_rows([(piece, float(likely)) for piece, likely in rows])

    @classmethod
    def of_rows(cls, rows: Sequence[tuple[str, float]]) -> "Unigram":
        likely = [value for _piece, value in rows]
        ids = {piece: at for at, (piece, _likely) in enumerate(rows)}
        return cls(ids, likely, max(map(len, ids)), min(likely) - _UNLIKELY)

    @property
    def in_order(self) -> list[str]:
        return list(self.ids)

    def of(self, text: str, most: int) -> list[int]:
        """Ids of a text with start and end, ``most`` of them at most; the end of a longer text is left out."""
        found: list[int] = []
        for word in unicodedata.normalize("NFKC", text.replace("’", "'")).lower().split():
            found.extend(self._cut(word))
            if len(found) >= most - 2:
                break
        return [_START, *found[: most - 2], _END]

    def _cut(self, word: str) -> tuple[int, ...]:
        known = self.cuts.get(word)
        if known is not None:
            return known
        made = self._pieces(_WORD + word) if len(word) <= LONGEST_WORD else (_UNKNOWN,)
        if len(self.cuts) < MOST_CUTS:
            self.cuts[word] = made
        return made

    def _pieces(self, word: str) -> tuple[int, ...]:
        """From left to right the best cut that ends at each sign; signs nobody knows that stand together are one piece."""
        best = [0.0] + [float("-inf")] * len(word)
        last = [(0, _UNKNOWN)] * (len(word) + 1)
        for start in range(len(word)):
            known = False
            for end in range(start + 1, min(len(word), start + self.longest) + 1):
                piece = self.ids.get(word[start:end])
                if piece is None or piece <= _UNKNOWN:
                    continue
                known = known or end == start + 1
                if (score := best[start] + self.likely[piece]) > best[end]:
                    best[end], last[end] = score, (start, piece)
            if not known and (score := best[start] + self.unlikely) > best[start + 1]:
                best[start + 1], last[start + 1] = score, (start, _UNKNOWN)
        found: list[int] = []
        end = len(word)
        while end:
            end, piece = last[end]
            if piece != _UNKNOWN or not found or found[-1] != _UNKNOWN:
                found.append(piece)
        return tuple(reversed(found))
