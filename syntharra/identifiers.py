"""Keys of rows."""

import secrets
import threading
import time
import uuid

_RANDOM_BITS = 74  # 12 in rand_a, 62 in rand_b
_STEP_BITS = 32
_lock = threading.Lock()
_last = (0, 0)


def uuid7() -> uuid.UUID:
    """A time-ordered key (RFC 9562, version 7): new rows land at the end of an index, and nobody can guess the next.

    Keys made by one process in the same millisecond follow each other too (its section 6.2, method 2), so that what
    was said or owed first sorts first.
    """
    global _last
    milliseconds = time.time_ns() // 1_000_000
    with _lock:
        if milliseconds == _last[0]:
            tail = _last[1] + 1 + secrets.randbits(_STEP_BITS)
        else:
            tail = secrets.randbits(_RANDOM_BITS - 1)  # the first bit stays free for those that follow
        _last = milliseconds, tail
    value = (
        (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | (tail >> 62 & 0xFFF) << 64 | 0x2 << 62 | tail & (1 << 62) - 1
    )
    return uuid.UUID(int=value)
