"""The simulated world's wall clock and the way the vendor writes times."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")


class WorldClock:
    """Machine time plus an offset: what the books are dated by. Tokens and limits never look here."""

    def __init__(self) -> None:
        self.offset_seconds = 0.0

    def now(self) -> datetime:
        """The world's time, aware, in UTC."""
        return datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=self.offset_seconds)

    def today(self, zone: ZoneInfo) -> date:
        """The calendar date where the company is."""
        return self.now().astimezone(zone).date()

    def answer_time(self) -> str:
        """The `time` of an answer: Pacific, with milliseconds."""
        return self.now().astimezone(PACIFIC).isoformat(timespec="milliseconds")

    def epoch_milliseconds(self) -> int:
        """The `time` of a gateway error."""
        return int(self.now().timestamp() * 1000)


def pacific(moment: datetime) -> str:
    """A MetaData time: whole seconds, with the offset Pacific time has on that day."""
    return moment.astimezone(PACIFIC).isoformat(timespec="seconds")


def read_time(text: str) -> datetime:
    """Read a time as the vendor does: a time without an offset is Pacific. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)
