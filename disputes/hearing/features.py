"""What the linear model looks at: words, word pairs and triples, letter groups, and what the rules saw; hashed into buckets."""

from zlib import crc32

BUCKETS = 1 << 15


def features(words: list[str], marks: tuple[str, ...]) -> list[int]:
    """The buckets of one text, each once, sorted. ``marks``: meanings the rules found and pulls they made."""
    found: set[int] = set()
    padded = ["<", *words, ">"]
    previous = before = ""
    for word in padded:
        found.add(crc32(b"1" + word.encode()) % BUCKETS)
        if previous:
            found.add(crc32(f"2{previous} {word}".encode()) % BUCKETS)
        if before:
            found.add(crc32(f"3{before} {previous} {word}".encode()) % BUCKETS)
        before, previous = previous, word
    for word in words:
        if len(word) > 3:
            letters = f"_{word}_".encode()
            for start in range(len(letters) - 3):
                found.add(crc32(b"c" + letters[start : start + 4]) % BUCKETS)
    for mark in marks:
        found.add(crc32(b"r" + mark.encode()) % BUCKETS)
    return sorted(found)
