"""The simulated world's wall clock: machine time plus an offset. Tokens and limits never look here."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


class WorldClock:
    """What the books are dated by."""

    def __init__(self) -> None:
        self.offset_seconds = 0.0

    def now(self) -> datetime:
        """The world's time, aware, in UTC."""
        return datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=self.offset_seconds)

    def today(self, zone: ZoneInfo) -> date:
        """The calendar date where the company is."""
        return self.now().astimezone(zone).date()
