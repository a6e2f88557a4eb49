"""What the linear model looks at: words and their neighbors, families of words in their order, letter groups, and what the
rules saw; hashed into buckets."""

from zlib import crc32

from disputes.hearing.concepts import families

BUCKETS = 1 << 15
_REACH = 4


def features(words: list[str], marks: tuple[str, ...]) -> list[int]:
    """The buckets of one text, each once, sorted. ``marks``: meanings the rules found and pulls they made."""
    found: set[str] = set()
    previous = before = ""
    for word in ("<", *words, ">"):
        found.add(f"1{word}")
        if previous:
            found.add(f"2{previous} {word}")
        if before:
            found.add(f"3{before} {previous} {word}")
        before, previous = previous, word
    for word in words:
        if len(word) > 4:
            found.update([f"c{word[start : start + 4]}" for start in range(len(word) - 3)])
            found.add(f"s{word[:5]}")
    _add_families(words, found)
    found.update([f"r{mark}" for mark in marks])
    found.add(f"n{min(len(words), 12) // 2}")
    return sorted({crc32(name.encode()) % BUCKETS for name in found})


def _add_families(words: list[str], found: set[str]) -> None:
    """Each family, and each pair that stands in this order within reach of one another."""
    said = [names for word in words if (names := ("#",) if word == "#" else families(word))]
    for index, names in enumerate(said):
        for name in names:
            found.add(f"f{name}")
            for later in said[index + 1 : index + 1 + _REACH]:
                found.update([f"p{name}>{other}" for other in later])
