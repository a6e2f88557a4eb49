"""Doors of the desk: the nightly clean-up."""

from celery import shared_task

from desk import retention
from syntharra import logs

log = logs.get(__name__)


@shared_task
def forget_expired() -> dict[str, int]:
    """Delete what has been kept long enough."""
    gone = retention.forget_expired()
    log.info("forgot", **{label.replace(".", "_"): count for label, count in gone.items() if count})
    return gone
