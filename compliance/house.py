"""Our own policy, stricter than the law, and how a business may make it stricter still."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from functools import lru_cache

from compliance import records
from compliance.facts import Blackout, FirmSettings
from compliance.windows import Calendar, Spans, span_text


class LooserThanHouse(ValueError):
    """Somebody tried to loosen the house rules; the text names the figure."""


@dataclass(frozen=True, slots=True)
class HousePolicy:
    """The figures of the house. Hours that end before they start are never."""

    hours: tuple[time, time] = (time(9), time(20))
    weekdays: frozenset[int] = frozenset(range(5))
    max_attempts: int = 3
    min_gap_days: int = 3
    first_attempt_day: int = 3
    sales_rules_kept: bool = True
    blackouts: tuple[Blackout, ...] = ()

    def must_not_loosen(self, base: "HousePolicy") -> None:
        """Raises LooserThanHouse at the first figure that allows what the base forbids."""
        checks = {
            "hours": self.hours[0] >= base.hours[0] and self.hours[1] <= base.hours[1],
            "weekdays": self.weekdays <= base.weekdays,
            "max_attempts": 0 <= self.max_attempts <= base.max_attempts,
            "min_gap_days": self.min_gap_days >= base.min_gap_days,
            "first_attempt_day": self.first_attempt_day >= base.first_attempt_day,
            "sales_rules_kept": self.sales_rules_kept or not base.sales_rules_kept,
            "blackouts": set(self.blackouts) >= set(base.blackouts),
        }
        for name, holds in checks.items():
            if not holds:
                allowed, wanted = records.dump_field(base, name), records.dump_field(self, name)
                raise LooserThanHouse(f"{name}: {wanted} is looser than {allowed}; a business may only be stricter")

    @property
    def spans(self) -> Spans:
        start, end = (each.hour * 60 + each.minute for each in self.hours)
        return ((start, end),) if start < end else ()

    def closed_days(self, state: str) -> Calendar | None:
        """The blackouts of a state."""
        spans = tuple((each.first, each.last) for each in self.blackouts if each.state == state)
        return Calendar(spans=spans, holidays=False) if spans else None

    def to_json(self) -> dict[str, records.Json]:
        return {name: records.dump_field(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: object) -> "HousePolicy":
        """The policy of a stored decision; raises records.RecordError when it cannot be read."""
        return records.load(cls, data)


@lru_cache(maxsize=4096)
def figures_of(policy: HousePolicy, firm: FirmSettings) -> Mapping[str, records.Json]:
    """The figures in use, and what the firm added to them."""
    found: dict[str, records.Json] = {
        "hours": span_text(policy.spans),
        "weekdays": [*sorted(policy.weekdays)],
        "max_attempts": policy.max_attempts,
        "min_gap_days": policy.min_gap_days,
        "first_attempt_day": policy.first_attempt_day,
        "sales_rules_kept": policy.sales_rules_kept,
    }
    if set_by_firm := records.dump(firm):
        found["firm"] = set_by_firm
    return found


@lru_cache(maxsize=4096)
def narrowed(house: HousePolicy, firm: FirmSettings, blackouts: tuple[Blackout, ...] = ()) -> HousePolicy:
    """The house with the firm's own settings laid over it, whichever is stricter, and what the operator closed."""
    start, end = house.hours
    if firm.hours:
        start, end = max(start, firm.hours[0]), min(end, firm.hours[1])
    return replace(
        house,
        hours=(start, end),
        weekdays=house.weekdays if firm.weekdays is None else house.weekdays & firm.weekdays,
        max_attempts=house.max_attempts if firm.max_attempts is None else min(house.max_attempts, firm.max_attempts),
        min_gap_days=max(house.min_gap_days, firm.min_gap_days or 0),
        first_attempt_day=max(house.first_attempt_day, firm.first_attempt_day or 0),
        blackouts=(*house.blackouts, *blackouts),
    )
