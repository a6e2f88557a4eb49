"""A frame of the relay protocol as it comes in: read with what the carrier is known to vary, and never an error.

Pages of the carrier and calls on record differ: numbers come as strings and strings as numbers, words in other case,
``last`` also as ``final``. What cannot be read is a frame of no kind, which everybody passes over.
"""

import json
from collections.abc import Mapping
from typing import Any

type Frame = dict[str, Any]
LONGEST_TEXT = 8_000  # characters of one utterance; nobody says more in one breath


def read(text: str) -> Frame:
    """A frame; anything that is none is an empty one."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return frame if isinstance(frame, dict) else {}


def kind(frame: Mapping[str, Any]) -> str:
    """What kind of frame this is, in lower case; empty for none."""
    return word(frame, "type").lower()


def word(frame: Mapping[str, Any], name: str) -> str:
    """A field as text the database can keep: numbers in digits, nothing for what is neither text nor number."""
    value = frame.get(name)
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str):
        return ""
    return value[:LONGEST_TEXT].replace("\0", "").encode(errors="replace").decode()


def is_final(frame: Mapping[str, Any]) -> bool:
    """Whether the words are complete. Not told: they are, so that none is waited for in vain."""
    told = frame.get("last", frame.get("final"))
    return not (told is False or (isinstance(told, str) and told.strip().lower() in ("false", "0")))
