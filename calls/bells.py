"""What of calls a worker is told to look at soon."""

from uuid import UUID

from syntharra.bells import after_commit
from syntharra.tenancy import current_business


def dial(attempt_id: UUID, *, seconds: float = 0) -> None:
    """Somebody should dial this attempt."""
    after_commit("calls.tasks.dial", str(current_business()), str(attempt_id), seconds=seconds)


def settle(attempt_id: UUID, *, seconds: float = 0) -> None:
    """Somebody should find out how this attempt stands."""
    after_commit("calls.tasks.settle", str(current_business()), str(attempt_id), seconds=seconds)


def plan(*, seconds: float = 0) -> None:
    """Somebody should plan the calls of the current business."""
    after_commit("calls.tasks.plan", str(current_business()), seconds=seconds)


def duties(*, seconds: float) -> None:
    """A duty that asked to be looked at again soon: sooner than the next sweep."""
    after_commit("notifications.tasks.work", str(current_business()), seconds=seconds)


def read_webhooks() -> None:
    """The carrier has told us something."""
    after_commit("calls.tasks.read_webhooks")
