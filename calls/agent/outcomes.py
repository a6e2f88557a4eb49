"""How a call can end and what follows from it, for whoever carries it out. ``python -m calls.agent.outcomes`` prints the page
``docs/outcomes.md`` from the same table.
"""

import sys
from collections.abc import Iterator

from calls.agent.consequences import OUTCOMES, Outcome
from calls.agent.dispositions import Disposition, Hold, Message, NextAttempt

__all__ = ["OUTCOMES", "Disposition", "Hold", "Message", "NextAttempt", "Outcome", "markdown"]


def markdown() -> str:
    """The table as the page ``docs/outcomes.md``."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# How a call can end, and what follows"
    yield ""
    yield "Written from `calls/agent/outcomes.py` by `python -m calls.agent.outcomes`."
    yield ""
    yield "| result | what it means | hold | never again as | next call | to the customer | for the owner | an attempt |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for row in OUTCOMES.values():
        cells = (
            f"`{row.disposition}`",
            row.means,
            _hold_in_words(row),
            row.suppression.replace("_", " ") or "-",
            row.next_attempt.replace("_", " "),
            row.message.replace("_", " ") or "-",
            row.task or "-",
            "yes" if row.attempt else "no",
        )
        yield f"| {' | '.join(cells)} |"


def _hold_in_words(row: Outcome) -> str:
    if row.hold is Hold.NONE:
        return "-"
    if not row.days:
        return row.hold.replace("_", " ")
    unit = "business days" if row.business_days else "days"
    return f"{row.days} {unit}" if row.hold is Hold.DAYS else f"{row.hold.replace('_', ' ')}, {row.days} {unit}"


if __name__ == "__main__":
    sys.stdout.write(markdown())
