"""How a call can end and what follows from it, for whoever carries it out. ``python -m calls.agent.outcomes`` prints the page
``docs/outcomes.md`` from the same table.
"""

import sys
from collections.abc import Iterator

from calls.agent.consequences import CALLS_ONLY, OUTCOMES, Outcome
from calls.agent.dispositions import Disposition, Hold, Message, NextAttempt

__all__ = ["CALLS_ONLY", "OUTCOMES", "Disposition", "Hold", "Message", "NextAttempt", "Outcome", "markdown"]


def markdown() -> str:
    """The table as the page ``docs/outcomes.md``."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# How a call can end, and what follows"
    yield ""
    yield "Written from `calls/agent/consequences.py` by `python -m calls.agent.outcomes`; the code that follows a call acts on the same table."
    yield ""
    yield "An invoice somebody has objected to is frozen in the turn in which it was said, whatever the call's own result; a stop binds from that turn too."
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
        return f"{row.hold.replace('_', ' ')}{' (calls only)' if row.calls_only else ''}"
    unit = "business days" if row.business_days else "days"
    if row.hold is Hold.UNTIL_DONE:
        return f"until the task is done and {row.days} {unit} more"
    if row.hold is Hold.DAYS:
        return f"{row.days} {unit}{' (calls only)' if row.calls_only else ''}"
    return f"{row.hold.replace('_', ' ')}, {row.days} {unit}"


if __name__ == "__main__":
    sys.stdout.write(markdown())
