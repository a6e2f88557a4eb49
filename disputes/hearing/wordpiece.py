"""Words cut into the pieces the encoder knows, as BERT cuts them: longest beginning first, ``##`` before what follows."""

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

UNKNOWN, START, END = "[UNK]", "[CLS]", "[SEP]"
LONGEST_WORD = 100
MOST_CUTS = 20_000


@dataclass(frozen=True, slots=True)
class Pieces:
    """The vocabulary, and the words cut so far."""

    ids: dict[str, int]
    cuts: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Pieces":
        """One piece a line; its id is the number of the line, from 0."""
        return cls({piece: at for at, piece in enumerate(path.read_text(encoding="utf-8").split("\n")[:-1])})

    def of(self, text: str, most: int) -> list[int]:
        """Ids of a text with start and end, ``most`` of them at most; the end of a longer text is left out."""
        found: list[int] = []
        for word in _words(text):
            found.extend(self._cut(word))
            if len(found) >= most - 2:
                break
        return [self.ids[START], *found[: most - 2], self.ids[END]]

    def _cut(self, word: str) -> tuple[int, ...]:
        known = self.cuts.get(word)
        if known is not None:
            return known
        made = self._pieces(word)
        if len(self.cuts) < MOST_CUTS:
            self.cuts[word] = made
        return made

    def _pieces(self, word: str) -> tuple[int, ...]:
        found: list[int] = []
        start = 0
        while start < len(word) <= LONGEST_WORD:
            for end in range(len(word), start, -1):
                piece = self.ids.get(("##" if start else "") + word[start:end])
                if piece is not None:
                    found.append(piece)
                    start = end
                    break
            else:
                return (self.ids[UNKNOWN],)
        return tuple(found) or (self.ids[UNKNOWN],)


def _words(text: str) -> list[str]:
    """Lower case, no accents, every mark and every Chinese sign a word of its own."""
    out: list[str] = []
    for sign in unicodedata.normalize("NFD", text.lower()):
        kind = unicodedata.category(sign)
        if sign.isspace():
            out.append(" ")
        elif kind == "Mn" or kind[0] == "C" or sign == "\ufffd":
            continue
        elif kind[0] == "P" or sign in "$+<=>^`|~" or _is_chinese(sign):
            out.append(f" {sign} ")
        else:
            out.append(sign)
    return "".join(out).split()


def _is_chinese(sign: str) -> bool:
    code = ord(sign)
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0x20000 <= code <= 0x2CEAF
        or 0xF900 <= code <= 0xFAFF
        or 0x2F800 <= code <= 0x2FA1F
    )
