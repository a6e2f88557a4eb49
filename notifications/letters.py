"""Letters: what they say. The text part is written first and says everything; the HTML part says the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from notifications.models import Message
from notifications.segments import TooLong, fitted, shortened

_gather: dict[str, Callable[[Message], dict[str, Any]]] = {}
_sent: dict[str, Callable[[Message], None]] = {}
_failed: dict[str, Callable[[Message], None]] = {}
_ways_out: dict[str, Callable[[Message], str]] = {}


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str
    own: tuple[str, ...] = ()  # what a person at the firm wrote himself, as it stands in the text
    names: tuple[str, ...] = ()  # of people and offices, which may hold any word: "Lee & Park, attorneys"


class NoLongerTrue(Exception):
    """What the letter would say has been overtaken: it is withdrawn, not sent."""


class BadLetter(Exception):
    """A letter that may not leave as it is; the message says which line and why."""


def letter_facts(
    letter: str,
    gather: Callable[[Message], dict[str, Any]],
    *,
    sent: Callable[[Message], None] | None = None,
    failed: Callable[[Message], None] | None = None,
) -> None:
    """Say who gathers what a letter tells, at the moment it is sent; and what follows in the transaction that marks it sent,
    or says that it never will be (given up on, or refused for good). ``own_words`` among the facts are the firm's own.

    Signed links are made while gathering; their tokens are in the letter and nowhere else.
    """
    _gather[letter] = gather
    if sent is not None:
        _sent[letter] = sent
    if failed is not None:
        _failed[letter] = failed


def ways_out(purpose: str, make: Callable[[Message], str]) -> None:
    """Say where a customer ends e-mails of this purpose with one press: an absolute address that acts on POST alone."""
    _ways_out[purpose] = make


def way_out(message: Message) -> str:
    """That address for this e-mail to a customer, made anew; empty where nobody has said one."""
    make = _ways_out.get(message.purpose) if message.customer_id is not None else None
    return make(message) if make is not None else ""


def when_sent(letter: str, follow: Callable[[Message], None]) -> None:
    """An app above the letter's own has something to do too, in the transaction that marks it sent."""
    first = _sent.get(letter)

    def both(message: Message) -> None:
        if first is not None:
            first(message)
        follow(message)

    _sent[letter] = both


def was_sent(message: Message) -> None:
    """Let the app that owns the letter take note that it has left."""
    if message.letter in _sent:
        _sent[message.letter](message)


def was_not_sent(message: Message) -> None:
    """Let the app that owns the letter find another way: this one will not leave."""
    if message.letter in _failed:
        _failed[message.letter](message)


def render(message: Message) -> Rendered:
    """The letter in the reader's language. Its subject is the first line of the text."""
    facts = _gather[message.letter](message) if message.letter in _gather else dict(message.facts)
    context = {"message": message, "business": message.business, **facts}
    with translation.override(message.language):
        text = render_to_string(f"letters/{message.letter}.txt", context)
        subject, _, body = text.strip().partition("\n")
        if not subject or not body.strip():
            raise BadLetter(f"{message.letter}: the first line is the subject and the rest must not be empty")
        # An HTML part that says just what the text says is made from its paragraphs (``letters/_from_text.html``).
        paragraphs = [part.strip() for part in body.split("\n\n") if part.strip()]
        markup = render_to_string(f"letters/{message.letter}.html", {**context, "paragraphs": paragraphs})
    own = facts.get("own_words", ())
    return Rendered(
        subject.strip(),
        body.strip() + "\n",
        markup,
        (own,) if isinstance(own, str) else tuple(own),
        tuple(facts.get("names", ())),
    )


def render_text(message: Message) -> Rendered:
    """The same as a text: ``letters/<letter>.sms.txt``, in one to three segments, with the firm's name as there is room."""
    facts = _gather[message.letter](message) if message.letter in _gather else dict(message.facts)
    context = {"message": message, "business": message.business, "firm": shortened(message.business.name), **facts}
    with translation.override(message.language):
        words = render_to_string(f"letters/{message.letter}.sms.txt", context)
    try:
        body = fitted(" ".join(words.split()))
    except TooLong as error:
        raise BadLetter(f"{message.letter}: {error}") from error
    if not body:
        raise BadLetter(f"{message.letter}: the text is empty")
    own = facts.get("own_words", ())
    return Rendered("", body, "", (own,) if isinstance(own, str) else tuple(own))
