"""Answers that leave while they are made: under our own server portion by portion, without holding all of it first."""

from collections.abc import AsyncIterator, Iterable, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest


def streamed[T: (str, bytes)](request: HttpRequest, portions: Iterable[T]) -> Iterator[T] | AsyncIterator[T]:
    """For a StreamingHttpResponse. An ASGI server would gather an ordinary iterator whole before it sends a byte of it."""
    return _one_by_one(iter(portions)) if isinstance(request, ASGIRequest) else iter(portions)


async def _one_by_one[T: (str, bytes)](portions: Iterator[T]) -> AsyncIterator[T]:
    while True:
        portion = await sync_to_async(
            lambda: next(portions, None)
        )()  # in the request's thread, where its connection is
        if portion is None:
            return
        yield portion
