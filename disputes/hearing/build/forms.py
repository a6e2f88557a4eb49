"""What both stages are measured on, and the order of their outputs."""

import random

from disputes.hearing.build.corpus import Example, fill, like, prefixes, roughened
from disputes.hearing.labels import INDEPENDENT, Intent, Reason
from disputes.hearing.model import ANY_STOP

OUTPUTS = (
    *(f"intent:{intent}" for intent in Intent),
    *(f"has:{intent}" for intent in INDEPENDENT),
    *(f"reason:{reason}" for reason in Reason),
)
LINEAR_OUTPUTS = (*OUTPUTS, ANY_STOP)


def measured_forms(lines: list[Example]) -> list[Example]:
    """What is measured of each line: clean, as recognized, and cut off; always the same."""
    made: list[Example] = []
    for one in lines:
        chance = random.Random(f"measured:{one.group}")  # noqa: S311
        filled = fill(one.text, chance)
        made += [like(one, filled, "clean"), like(one, roughened(filled, one.language, chance), "stt")]
        made += prefixes(one, chance)
    return made
