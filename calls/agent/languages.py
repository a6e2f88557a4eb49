"""Which language the call goes on in: that of the person, or the one they ask for."""

from calls.agent.everyday import Everyday, everyday
from calls.agent.facts import Language
from calls.agent.numbers import words
from calls.agent.turn import Turn
from disputes.hearing.labels import Heard

# Words that are English and nothing else: two of them lead a call back from Spanish, a doubtful sentence does not.
_PLAIN_ENGLISH = frozenset(
    {
        "the", "you", "your", "i", "im", "is", "are", "was", "it", "its", "that", "this", "to", "of", "and", "for", "my", "we", "they",
        "dont", "can", "will", "ill", "have", "what", "when", "how", "please", "not", "pay", "call", "with", "on", "about",
    }
)  # fmt: skip


def follow_language(turn: Turn, text: str, heard: Heard) -> None:
    """Spanish when the person speaks it or asks for it, and back again. What the law wants heard is owed in the new one."""
    said, length = everyday(text), len(words(text))
    if said is Everyday.WANTS_SPANISH:
        wanted = Language.SPANISH
    elif said is Everyday.WANTS_ENGLISH:
        wanted = Language.ENGLISH
    elif heard.lang == "es":
        wanted = Language.SPANISH
    elif heard.lang == "en" and length >= 4 and len(_PLAIN_ENGLISH & set(words(text))) >= 2:
        wanted = Language.ENGLISH
    else:
        return
    if wanted is not turn.state.language:
        turn.switch(wanted)
