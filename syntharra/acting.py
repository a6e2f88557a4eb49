"""For which business the code at hand acts: a context variable, followed by threads of the event loop and by tasks."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_acting_for: ContextVar[uuid.UUID | None] = ContextVar("acting_for", default=None)


class NoBusiness(Exception):
    """A tenant table was touched without saying for which business: wrap the work in ``acting_for(business_id)``."""


def current_business() -> uuid.UUID:
    """The business being acted for; raises NoBusiness outside ``acting_for``."""
    business = _acting_for.get()
    if business is None:
        raise NoBusiness("no business is being acted for; wrap the work in acting_for(business_id)")
    return business


def business_or_none() -> uuid.UUID | None:
    return _acting_for.get()


@contextmanager
def acting_for(business_id: uuid.UUID) -> Iterator[uuid.UUID]:
    """Everything inside reads and writes this business's rows and no others. May be nested."""
    if not isinstance(business_id, uuid.UUID):
        raise TypeError(f"acting_for takes a UUID, not {type(business_id).__name__}")
    token = _acting_for.set(business_id)
    try:
        yield business_id
    finally:
        _acting_for.reset(token)


@contextmanager
def acting_for_none() -> Iterator[None]:
    """For tests and doors: no business at all, whatever surrounds this."""
    token = _acting_for.set(None)
    try:
        yield
    finally:
        _acting_for.reset(token)
