"""The rules in force: the checked rule file with the house policy on top."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from compliance import rulefile, yaml_lines
from compliance.facts import Blackout
from compliance.house import HousePolicy, LooserThanHouse
from compliance.law import AreaCode, Code, State
from compliance.rulefile import RuleFile
from compliance.yaml_lines import DataError

__all__ = ["Blackout", "DataError", "HousePolicy", "LooserThanHouse", "RuleBook"]

FILE = Path(__file__).parent / "data" / "rules.yaml"


@dataclass(frozen=True, eq=False)
class RuleBook:
    """All rules, loaded once. Compared by identity, so that what is worked out from it can be remembered."""

    file: RuleFile
    house: HousePolicy
    version: str

    @staticmethod
    def load(path: Path | str | None = None) -> "RuleBook":
        """The rules of the file, ours unless another is named; the same object every time.

        Raises DataError, which names the line, when the file is not exactly what it should be.
        """
        return _load(Path(path) if path else FILE)

    def tightened(self, house: HousePolicy) -> "RuleBook":
        """The same law under a stricter house policy; raises LooserThanHouse where it would be looser."""
        return _tightened(self, house)

    def code(self, name: str) -> Code:
        return self.file.codes[name]

    def state(self, place: str) -> State | None:
        """The rules of an open state; None anywhere else."""
        return self.file.states.get(place)

    def area_code(self, digits: str) -> AreaCode | None:
        return self.file.area_codes.get(digits)

    def place_name(self, place: str) -> str:
        """'Ohio' for US-OH, 'Canada' for CA; the code itself where we have no name."""
        state = self.file.states.get(place)
        return state.name if state else self.file.elsewhere.get(place, place)

    @cached_property
    def every_zone(self) -> tuple[str, ...]:
        """All zones of the open states: the strictest reading where the person may be anywhere."""
        return tuple(sorted({zone for state in self.file.states.values() for zone in state.zones}))

    def is_due_for_review(self, on: date) -> bool:
        """True when the rules are too old for live calls."""
        return (on - self.file.as_of).days > self.file.review_after_days


@lru_cache(maxsize=16)
def _load(path: Path) -> RuleBook:
    file = rulefile.parse(yaml_lines.read(path))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    return RuleBook(file, file.house, f"{file.version}-{digest}")


@lru_cache(maxsize=4096)
def _tightened(rules: RuleBook, house: HousePolicy) -> RuleBook:
    house.must_not_loosen(rules.house)
    if house == rules.house:
        return rules
    digest = hashlib.sha256(json.dumps(house.to_json(), sort_keys=True).encode()).hexdigest()[:8]
    return replace(rules, house=house, version=f"{rules.version.partition('+')[0]}+house-{digest}")
