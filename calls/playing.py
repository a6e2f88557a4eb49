"""What the person has really heard of the lines that were sent. Pure; fed with what the carrier reports."""

from dataclasses import dataclass, field

from calls.agent.steps import Line

CHARACTERS_A_SECOND = 11.0
SLACK_SECONDS = 4.0


@dataclass
class Playing:
    """One talk cycle: all lines of one answer of the agent."""

    lines: tuple[Line, ...] = ()
    positions: tuple[int, ...] = ()  # of the lines in the transcript
    sent_at: float = 0.0
    heard: str = ""
    is_over: bool = True
    _sounded: bool = field(default=False, repr=False)

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def is_whole(self) -> bool:
        """It was heard to its last word."""
        return len(self.heard) >= len(" ".join(self.text.split()))

    def is_silent_at(self, moment: float) -> bool:
        """Nothing of it sounds any more: it was heard to its end, cut, or must be over by its length."""
        longest = len(self.text) / CHARACTERS_A_SECOND + SLACK_SECONDS
        return self.is_over or moment - self.sent_at > longest

    def tokens(self, value: str) -> None:
        """The carrier says this much has sounded: all of the cycle so far, or the next part of it."""
        said = " ".join(value.split())
        whole, heard = " ".join(self.text.split()), self.heard
        if said and whole.startswith(said) and len(said) >= len(heard):
            self.heard = said
        elif said and whole[len(heard) :].lstrip().startswith(said):
            self.heard = f"{heard} {said}".strip()
        else:
            return  # of an earlier cycle
        self._sounded = True
        self.is_over = self.is_over or self.is_whole

    def speaker(self, is_on: bool) -> None:
        """The carrier says whether the agent sounds at this moment."""
        if is_on:
            self._sounded = True
        elif self._sounded:
            self.is_over = True

    def cut(self, utterance: str = "") -> str:
        """The person spoke over it, or we fell silent; what was heard of it."""
        said = " ".join(utterance.split())
        if len(said) > len(self.heard) and " ".join(self.text.split()).startswith(said):
            self.heard = said
        self.is_over = True
        return self.heard

    def played(self) -> list[tuple[int, str]]:
        """Each line's position with the part of it that was heard."""
        left = len(self.heard.split())
        found = []
        for position, line in zip(self.positions, self.lines, strict=True):
            words = line.text.split()
            found.append((position, line.text if left >= len(words) else " ".join(words[:left])))
            left = max(0, left - len(words))
        return found
