"""Keys of rows."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """A time-ordered key (RFC 9562, version 7): new rows land at the end of an index, and nobody can guess the next."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = (milliseconds & (1 << 48) - 1) << 80 | random & (1 << 80) - 1
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
