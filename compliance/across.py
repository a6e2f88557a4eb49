"""What the businesses of one installation owe a number together. Pure: moments in, a moment out, and nobody named."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from compliance.law import Per
from compliance.rulebook import RuleBook


def free_at(
    others: Sequence[datetime], ours: Sequence[datetime], *, zone: str, residential: bool, rules: RuleBook
) -> datetime | None:
    """When the number may ring again, by what other businesses had dialed; None when they keep nobody away.

    The days between two attempts count for the number, whoever asked; on a home line without consent so do the three
    calls in thirty days (47 CFR 64.1200(a)(3)(iii)). Only dates count: nobody learns at what hour the other call was.
    """
    if not others:
        return None
    ends = [_after(max(others), rules.house.min_gap_days, zone)]
    if residential:
        together = sorted((*others, *ours), reverse=True)
        for rule in rules.file.federal.frequency:
            if rule.per is Per.NUMBER and len(together) >= rule.refused_from:
                ends.append(_after(together[rule.refused_from - 1], rule.days, zone))
    return max(ends)


def _after(moment: datetime, days: int, zone: str) -> datetime:
    wall = ZoneInfo(zone)
    return datetime.combine(moment.astimezone(wall).date() + timedelta(days=days), time(), wall).astimezone(UTC)
