"""What can go wrong at a vendor, and what to do about it: try again, wait, don't, or ask the owner to reconnect.

Every error says in plain words what happened, keeps the vendor's own code and words beside them, and names a
``problem`` of ``integrations.problems`` for the owner's page. None ever holds a token or a customer's record.
"""

from typing import ClassVar


class VendorError(Exception):
    """Something a vendor did or said. Raised only as one of the four kinds below."""

    kind: ClassVar[str]
    usual_problem: ClassVar[str]

    def __init__(
        self, words: str, *, code: str | None = None, said: str = "", problem: str = "", trace: str = ""
    ) -> None:
        super().__init__(words)
        self.words = words
        self.vendor_code = code
        self.vendor_words = said
        self.problem = problem or self.usual_problem
        self.trace = trace  # the vendor's own id of the exchange; its support asks for it


class Unavailable(VendorError):
    """Down, too slow, or answering nonsense. Try again later."""

    kind = "unavailable"
    usual_problem = "vendor_down"


class Unanswered(Unavailable):
    """Something was to be written and no answer came: it may have happened. Look before writing again."""

    usual_problem = "write_unanswered"

    @classmethod
    def after(cls, error: Unavailable) -> "Unanswered":
        """The same trouble, of a write."""
        return cls(error.words, code=error.vendor_code, said=error.vendor_words, trace=error.trace)


class Throttled(VendorError):
    """We asked too often. Ask again after ``retry_after`` seconds; None when the vendor did not say."""

    kind = "throttled"
    usual_problem = "rate_limited"

    def __init__(
        self,
        words: str,
        *,
        retry_after: float | None = None,
        code: str | None = None,
        said: str = "",
        problem: str = "",
        trace: str = "",
    ) -> None:
        super().__init__(words, code=code, said=said, problem=problem, trace=trace)
        self.retry_after = retry_after


class Refused(VendorError):
    """The vendor understood and said no. Asking the same again will not help."""

    kind = "refused"
    usual_problem = "vendor_refused"


class NotAble(Refused):
    """These books cannot do this at all; ``integrations.abilities`` says what the owner can do instead."""

    usual_problem = "not_able"


class Disconnected(VendorError):
    """We may not read these books any more. Only the owner can put it right, by connecting again."""

    kind = "disconnected"
    usual_problem = "reconnect_needed"
