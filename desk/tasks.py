"""Doors of the desk: the nightly clean-up, and the daily word about books that cannot be read."""

from celery import shared_task

from desk import retention, stale_books
from syntharra import logs

log = logs.get(__name__)


@shared_task
def forget_expired() -> dict[str, int]:
    """Delete what has been kept long enough."""
    gone = retention.forget_expired()
    log.info("forgot", **{label.replace(".", "_"): count for label, count in gone.items() if count})
    return gone


@shared_task
def sweep_stale_books() -> int:
    """Owe the day's letter wherever books have not been readable for a while; how many letters."""
    return stale_books.sweep()
