"""What the owner chose for one file: which column is what, and how dates and amounts are written in it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from integrations.file import columns, values
from integrations.file.columns import Columns
from integrations.file.tables import Table


@dataclass(frozen=True, slots=True)
class Choices:
    columns: Columns
    dates: str = values.AUTO  # month or day first; auto: as the columns show, month first where they do not
    decimal: str = values.POINT

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Choices":
        return cls({str(name): int(at) for name, at in kept["columns"].items()}, kept["dates"], kept["decimal"])


def guess(table: Table) -> Choices:
    """What the header words and the cells themselves suggest."""
    found = columns.guess(table.header)
    amounts = [found[name] for name in ("balance", "total", "paid") if name in found]
    cells = (row.cells[at] for row in table.rows for at in amounts if row.cells[at])
    return Choices(found, decimal=values.decimal_sign(cells))


def fits(kept: Mapping[str, Any], table: Table) -> bool:
    """Whether choices kept from an earlier file can be used on this one."""
    return all(name in columns.BY_NAME and 0 <= at < len(table.header) for name, at in kept["columns"].items())
