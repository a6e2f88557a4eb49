"""How reading the books goes: a load under way with the time it still takes, and the last two weeks day by day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from babel.numbers import format_compact_decimal
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from desk.standing import today
from integrations.models import Connection, SyncRun
from syntharra import clock
from syntharra.templatetags.syntharra import day_words, short_day

DAYS = 14
HIGH = 60
SURE_AFTER = timedelta(seconds=3)


@dataclass(frozen=True)
class Progress:
    """A reading under way: what was read, and what is ``left``. ``share`` is in percent, None where nobody knows."""

    title: str
    share: int | None
    counted: str
    left: str = ""


@dataclass(frozen=True)
class Day:
    """One day of readings; ``y`` and ``height`` draw its bar, ``value`` stands above it."""

    label: str
    words: str
    readings: int
    seen: int
    written: int
    failed: int
    value: str
    y: int
    height: int


@dataclass(frozen=True)
class History:
    """The last two weeks: ``title`` says all of it, for whoever cannot see the bars."""

    title: str
    days: list[Day]
    readings: int
    failed: int
    words: str


def figure(count: int) -> str:
    """``12,400``."""
    return str(number_format(count, force_grouping=True))


def progress(connection: Connection, run: SyncRun | None) -> Progress | None:
    """Where a reading stands: records, percent, and the time left at its own pace."""
    if run is None:
        return None
    if not run.whole:
        return Progress(_("Reading what changed"), None, _("This takes seconds."))
    first = connection.synced_at is None
    title = _("Reading your books for the first time") if first else _("Comparing everything")
    if not run.expected:
        words = ngettext("%(n)s record so far", "%(n)s records so far", run.seen) % {"n": figure(run.seen)}
        return Progress(title, None, words)
    share = min(99, run.seen * 100 // run.expected)
    counted = _("%(seen)s of about %(expected)s records") % {
        "seen": figure(run.seen),
        "expected": figure(max(run.expected, run.seen)),
    }
    rest = {"share": share, "left": _left(run, before=_carried(connection, run))}
    return Progress(title, share, counted, _("%(share)d%% · %(left)s") % rest)


def _carried(connection: Connection, run: SyncRun) -> int:
    """What an earlier run that broke off had read already: it says nothing about this one's pace."""
    earlier = connection.runs.filter(started_at__lt=run.started_at).order_by("-started_at").first()
    return earlier.seen if earlier is not None and earlier.whole and earlier.status == SyncRun.Status.FAILED else 0


def _left(run: SyncRun, *, before: int) -> str:
    elapsed, read = clock.now() - run.started_at, run.seen - before
    if read <= 0 or elapsed < SURE_AFTER:
        return _("finding out how long it takes")
    rest = max(0, (run.expected or 0) - run.seen)
    minutes = round((elapsed * rest / read).total_seconds() / 60)
    if minutes < 1:
        return _("less than a minute left")
    if minutes <= 90:
        return ngettext("about %(n)d minute left", "about %(n)d minutes left", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("about %(n)d hour left", "about %(n)d hours left", hours) % {"n": hours}


def two_weeks(connection: Connection) -> History:
    """The readings of the last two weeks: what each day brought, and the days on which one failed."""
    last = today()
    days = [last - timedelta(days=back) for back in reversed(range(DAYS))]
    counted = _by_day(connection, since=days[0])
    highest = max((row["written"] for row in counted.values()), default=0) or 1
    drawn = [_day(day, counted.get(day), highest) for day in days]
    readings, failed = sum(day.readings for day in drawn), sum(day.failed for day in drawn)
    title = _("New or changed records a day, %(first)s to today") % {"first": short_day(days[0])}
    return History(title, drawn, readings, failed, _summary(readings, failed))


def _by_day(connection: Connection, *, since: date) -> dict[date, dict[str, int]]:
    zone = timezone.get_current_timezone()
    runs = connection.runs.filter(started_at__gte=datetime.combine(since, time.min, zone)).order_by()
    # The next run goes on where a failed one stopped, with its counts: they are counted there.
    kept = ~Q(status=SyncRun.Status.FAILED)
    rows = runs.values(day=TruncDate("started_at", tzinfo=zone)).annotate(
        readings=Count("pk"),
        records=Sum("seen", filter=kept, default=0),
        news=Sum("written", filter=kept, default=0),
        bad=Count("pk", filter=~kept),
    )
    return {
        row["day"]: {"readings": row["readings"], "seen": row["records"], "written": row["news"], "failed": row["bad"]}
        for row in rows
    }


def _day(day: date, counted: dict[str, int] | None, highest: int) -> Day:
    row = counted or {"readings": 0, "seen": 0, "written": 0, "failed": 0}
    height = max(1, row["written"] * HIGH // highest)
    locale = to_locale(get_language() or "en-us")
    value = str(format_compact_decimal(row["written"], locale=locale, fraction_digits=1)) if row["written"] else ""
    return Day(short_day(day), day_words(day), **row, value=value, y=HIGH - height, height=height)


def _summary(readings: int, failed: int) -> str:
    many = ngettext("%(n)s reading", "%(n)s readings", readings) % {"n": figure(readings)}
    if not failed:
        return _("%(readings)s, none failed.") % {"readings": many}
    bad = ngettext("%(n)s failed", "%(n)s failed", failed) % {"n": figure(failed)}
    return _("%(readings)s, %(failed)s.") % {"readings": many, "failed": bad}
