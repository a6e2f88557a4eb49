"""How long a text is for the carrier: GSM-7 or UCS-2, and in how many segments it travels. Pure.

3GPP TS 23.038: 160 septets alone and 153 in each of several, or 70 and 67 UTF-16 units as soon as one character is not in
the GSM alphabet. A character of the extension table takes two septets and is not cut in half.
"""

import re
import unicodedata
from dataclasses import dataclass

MOST = 3
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_PLAIN = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "–": "-", "—": "-", "‑": "-",
        "…": "...", "•": "*", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ",
    }
)  # fmt: skip


class TooLong(ValueError):
    """More segments than a text of ours may have; the message says how many."""


@dataclass(frozen=True, slots=True)
class Length:
    """``encoding`` is GSM-7 or UCS-2, ``units`` what it counts in, ``segments`` what the carrier bills."""

    encoding: str
    units: int
    segments: int


def length(text: str) -> Length:
    """How this text travels; an empty one is one segment."""
    if all(character in _BASIC or character in _EXTENDED for character in text):
        sizes = [2 if character in _EXTENDED else 1 for character in text]
        return _length("GSM-7", sizes, 160, 153)
    return _length("UCS-2", [len(character.encode("utf-16-be")) // 2 for character in text], 70, 67)


def _length(encoding: str, sizes: list[int], alone: int, joined: int) -> Length:
    units = sum(sizes)
    if units <= alone:
        return Length(encoding, units, 1)
    segments, free = 1, joined
    for size in sizes:
        if size > free:
            segments, free = segments + 1, joined
        free -= size
    return Length(encoding, units, segments)


def fitted(text: str) -> str:
    """The text as it leaves: typographic marks made plain, and accents left out only where it would be too long with them.

    Raises TooLong where even that does not fit.
    """
    plain = re.sub(r"[ \t]*\n[ \t]*", "\n", re.sub(r"[ ]{2,}", " ", text.translate(_PLAIN))).strip()
    if length(plain).segments <= MOST:
        return plain
    bare = "".join(_bare(character) for character in plain)
    found = length(bare).segments
    if found > MOST:
        raise TooLong(f"{found} segments; a text of ours has {MOST} at most")
    return bare


def _bare(character: str) -> str:
    """The character, or what it is without its accent where only that is in the GSM alphabet."""
    if character in _BASIC or character in _EXTENDED:
        return character
    stripped = "".join(one for one in unicodedata.normalize("NFKD", character) if not unicodedata.combining(one))
    return stripped if stripped and all(one in _BASIC for one in stripped) else character


def shortened(name: str, most: int = 30) -> str:
    """A firm's name as a text has room for it: cut at a word, with three dots."""
    name = " ".join(name.split())
    if len(name) <= most:
        return name
    cut = name[: most - 3].rsplit(" ", 1)[0] if " " in name[: most - 3] else name[: most - 3]
    return f"{cut.rstrip(' ,.-')}..."
