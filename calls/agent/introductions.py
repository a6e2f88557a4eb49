"""Which name somebody gives of himself.

A name counts only in its place: after ``this is``, before ``speaking``, or with nothing else beside it.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import pairwise

from calls.agent.names import (
    GENERATIONS,
    PARTICLES,
    RELATIONS,
    TITLES,
    WORD_NAMES,
    OnFile,
    Word,
    is_misheard,
    is_of_theirs,
    is_short,
    listed,
    looks_like_name,
    on_file,
    spoken,
)


def _phrases(listed_here: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in listed_here.split("|"))


_FRAMES = _phrases(
    "my name is|the name is|my names|this is|this here is|this is still|youre speaking with|youre speaking to|youre talking to|youre talking with|you are speaking with|you are speaking to"
    "|you are talking to|you are talking with|me llamo|mi nombre es|yo soy|soy|le habla|aqui habla|habla|habla con"
)
_ME_FRAMES = _phrases("its me|it is me|thats me|soy yo")
_WEAK_FRAMES = _phrases(
    "it is|its|its still|it is still|still|i am|im|es|you reached|youve reached|you got|youve got|you have got"
)
_FILLERS = listed("fillers")
_AFTER = ("here", "speaking", "habla", "al habla", "on the line", "on the phone", "calling")
_LANGUAGES = frozenset({"espanol", "spanish", "ingles", "english", "usted", "ud"})
SELF = listed("self")
_DOES = listed("does")
_ABOUT = listed("about")
WITH_A_YES = listed("with_a_yes")
OTHERS = listed("others")
_GOES_ON = frozenset(
    {
        "who",
        "whos",
        "what",
        "whats",
        "how",
        "why",
        "can",
        "may",
        "yes",
        "hi",
        "hello",
        "sorry",
        "go",
        "speaking",
        "diga",
        "digame",
        "quien",
    }
)
# Titles that the bearer of such a first name is not given; the exceptions are names of men.
_OF_MEN = frozenset({"mr", "mister", "senor", "don"})
_MEN = frozenset(
    {
        "joshua",
        "luca",
        "ezra",
        "elisha",
        "nikita",
        "sasha",
        "mustafa",
        "krishna",
        "dana",
        "ira",
        "akira",
        "andrea",
        "nicola",
        "bela",
        "garcia",
        "elia",
        "juda",
    }
)


@dataclass(frozen=True, slots=True)
class Introduced:
    """How somebody names himself. ``own``: as the one on file. ``other``: with another name.

    ``part``: with a short form of it, or the family name alone, which others have too. ``something``: ``this is`` and then anything
    else, which is no yes to a name.
    """

    own: bool = False
    other: bool = False
    part: bool = False
    something: bool = False


class _Kind(Enum):
    """What may follow an introducing phrase: after ``this is`` a name is due; after ``it's me`` one may come; after ``I'm`` anything."""

    NAME = "name"
    PERHAPS = "perhaps"
    ANYTHING = "anything"


@lru_cache(maxsize=8)  # asked several times in one turn
def introduction(text: str, person: str, *, weak: bool = True) -> Introduced:
    """Which name these words give of the one who speaks. ``weak`` false: not after ``I'm`` or ``it's``, which anything follows."""
    name, said = on_file(person), spoken(text)
    plain = [word.text for word in said]
    found = [_read(said, after, name, kind) for after, kind in _slots(plain) if weak or kind is not _Kind.ANYTHING]
    found += [_alone(said, name, text), _before(said, name, weak=weak), _after_yes(said, name)]
    own, other = any(one.own for one in found), any(one.other for one in found)
    younger = {GENERATIONS[word] for word in plain if word in ("junior", "jr", "senior") and word not in name.own}
    if younger - {name.generation} or is_of_theirs(plain, name) or _is_his(plain, name):
        own, other = False, True
    return Introduced(
        own and not other, other, any(one.part for one in found), any(one.something for one in found) and not own
    )


def _is_his(plain: list[str], name: OnFile) -> bool:
    """``Mr. Brandt`` where Ida Brandt was asked for: a relative of hers."""
    hers = bool(name.first) and all(
        len(first) > 2 and first.endswith("a") and first not in _MEN for first in name.first
    )
    return hers and any(word in _OF_MEN and next_word in name.family for word, next_word in pairwise(plain))


def without_own_name(text: str, not_names: frozenset[str]) -> list[str]:
    """The words without a name given of oneself: ``yes, this is Ana Reyes, who is calling`` is ``yes, who is calling``."""
    said = spoken(text)
    plain = [word.text for word in said]
    for after, _kind in _slots(plain):
        end = after
        while end < min(after + 2, len(said)) and plain[end] not in not_names and looks_like_name(said, end):
            end += 1
        if end > after:
            return plain[:after] + plain[end:]
    return plain


@lru_cache(maxsize=8)
def speaks_about(text: str, person: str) -> bool:
    """``Ida is at work``, ``ask Ida``, ``Ida ya no vive aquí``: who says so is somebody else."""
    name, said = on_file(person), [word.text for word in spoken(text)]
    for place, word in enumerate(said):
        if word not in name.first - WORD_NAMES:
            continue
        after = next(
            (
                place + ahead
                for ahead in range(1, 4)
                if said[place + ahead : place + ahead + 1] and said[place + ahead] not in name.own
            ),
            None,
        )
        if (
            after is not None
            and said[after] in _DOES
            and said[after + 1 : after + 2] not in (["speaking"], ["me"])
            and not _said_of_oneself(said, place)
        ):
            return True
        if place and said[place - 1] in _ABOUT and not _said_of_oneself(said, place):
            return True
    return False


def _said_of_oneself(said: list[str], place: int) -> bool:
    """``This is Ida is something wrong``: the name stands in its own place, and what follows is another sentence."""
    return any(
        tuple(said[place - len(frame) : place]) == frame
        for frame in (*_FRAMES, *_ME_FRAMES, *_WEAK_FRAMES)
        if place >= len(frame)
    )


def _slots(plain: list[str]) -> list[tuple[int, _Kind]]:
    """Where a name may begin: the place after each introducing phrase, and what may follow such a one."""
    found = []
    joined = f" {' '.join(plain)} "
    for frames, kind in ((_FRAMES, _Kind.NAME), (_ME_FRAMES, _Kind.PERHAPS), (_WEAK_FRAMES, _Kind.ANYTHING)):
        for frame in frames:
            if f" {' '.join(frame)} " not in joined:
                continue
            for place in range(len(plain) - len(frame) + 1):
                if tuple(plain[place : place + len(frame)]) == frame and (
                    not place or plain[place - 1] not in ("what", "who", "if", "is")
                ):
                    found.append((place + len(frame), kind))
    return found


def _read(said: list[Word], at: int, name: OnFile, kind: _Kind) -> Introduced:
    titled = False
    if at + 1 < len(said) and said[at].text in ("la", "el", "the") and said[at + 1].text in TITLES:
        at += 1  # ``soy la señora Hernández``
    while at < len(said) and (
        said[at].text in TITLES or said[at].text in ("uh", "um", "er", "yes", "si", "actually", "just")
    ):
        titled, at = titled or said[at].text in TITLES, at + 1
    while titled and at < len(said) and said[at].text in PARTICLES:
        at += 1
    if at >= len(said) or (said[at].breaks and kind is not _Kind.NAME):
        return Introduced()
    first = said[at].text
    run = _run(said, at, name)
    if run:
        following = said[at + len(run)] if at + len(run) < len(said) else None
        if (
            following is not None
            and not following.breaks
            and not name.family & set(run)
            and looks_like_name(said, at + len(run))
            and not is_misheard(following.text, name.family)
        ):
            return Introduced(other=True, something=True)
        enough = _is_enough(run, name, titled=titled)
        return Introduced(own=enough, part=not enough)
    if is_short(first, name):
        following = said[at + 1] if at + 1 < len(said) else None
        clash = (
            following is not None
            and not following.breaks
            and following.text not in name.own
            and looks_like_name(said, at + 1)
        )
        return Introduced(part=not clash, other=clash)
    if first in SELF | _LANGUAGES or first == "soy":  # ``ella habla, soy Ida``
        return Introduced()
    likely = kind is not _Kind.ANYTHING or said[at].capital or len(said) - at <= 2
    return Introduced(other=likely and looks_like_name(said, at), something=kind is _Kind.NAME)


def _run(said: list[Word], at: int, name: OnFile) -> list[str]:
    run: list[str] = []
    for word in said[at:]:
        initial = len(word.text) == 1 and any(part.startswith(word.text) for part in name.own)
        letter = (
            any(len(part) == 1 and word.text.startswith(part) for part in name.first) and not run and len(word.text) > 1
        )
        if word.text in name.own or (initial and not word.breaks) or (run and word.text in PARTICLES - {"the", "of"}):
            run.append(word.text)
        elif letter and any(one.text in name.family for one in said[at + 1 : at + 3]):
            run += [word.text, *name.first]
            return [*run, *(one.text for one in said[at + 1 : at + 3] if one.text in name.family)]
        else:
            break
    return run if any(part in name.own for part in run) else []


def _is_enough(run: list[str], name: OnFile, *, titled: bool = False) -> bool:
    """The first name, the family name with a title, or two parts of the whole."""
    given = name.own & set(run)
    return (
        any(len(part) > 1 for part in name.first & given)
        or (titled and bool(given))
        or len(given) >= 2
        or len(name.own) == 1
    )


def _alone(said: list[Word], name: OnFile, text: str) -> Introduced:
    """``Ida Brandt``, ``yes, Brandt``: a name and no other word; an echo of the question (``Ida?``) is no answer."""
    rest = [word.text for word in said if word.text not in _FILLERS or word.text in name.own]
    plain = [word.text for word in said]
    agreed = bool({"yes", "yeah", "yep", "yup", "yea", "si", "correct", "right"} & set(plain))
    named = [word for word in rest if word not in TITLES and not (name.generation and word in GENERATIONS)]
    shorts = {word for word in named if is_short(word, name)}
    if not named or not set(named) <= name.own | PARTICLES | shorts or not set(named) & (name.own | shorts):
        return Introduced(other=_first_is_another(said, name))
    if shorts:
        return Introduced(part=True)
    if text.rstrip().endswith("?") and not agreed and not {"this", "speaking", "here", "soy"} & set(plain):
        return Introduced()
    enough = _is_enough(named, name, titled=len(named) < len(rest)) or agreed
    return Introduced(own=enough, part=not enough)


def _after_yes(said: list[Word], name: OnFile) -> Introduced:
    """``Yeah. Ida. What's up?``"""
    agreed = bool(said) and said[0].text in ("yes", "yeah", "yep", "yup", "yea", "si")
    run = _run(said, 1, name)
    if not agreed or not _is_enough(run, name):
        return Introduced()
    rest = said[1 + len(run) :]
    own_words = not rest or rest[0].breaks or rest[0].text in _GOES_ON
    return Introduced(own=own_words and not {word.text for word in rest} & (OTHERS | RELATIONS))


def is_another_after_yes(text: str, person: str) -> bool:
    """``Yes, Bob``: nothing but a yes and one or two words that may be a name, and not that of the one asked for."""
    name, said = on_file(person), spoken(text)
    rest = [place for place, word in enumerate(said) if word.text not in _FILLERS | TITLES | WITH_A_YES]
    named = bool(rest) and all(looks_like_name(said, place) for place in rest)
    return named and len(rest) <= 2 and not {said[place].text for place in rest} & name.own


def _first_is_another(said: list[Word], name: OnFile) -> bool:
    """``Bob Brandt``: the family name with a word before it that is no part of the name."""
    if len(name.own) < 2:
        return False
    for place, word in enumerate(said):
        before = said[place - 1] if place else None
        if word.text in name.family - name.first and before is not None and not word.breaks:
            initial = any(len(part) == 1 and before.text.startswith(part) for part in name.first)
            around = initial or before.text in name.own | TITLES | PARTICLES | _FILLERS or is_short(before.text, name)
            if not around and len(before.text) > 1 and looks_like_name(said, place - 1):
                return True
    return False


def _before(said: list[Word], name: OnFile, *, weak: bool) -> Introduced:
    """``Maria here``, ``Ida Brandt speaking``: a name, or two, right before the words that end it."""
    plain = [word.text for word in said]
    skipped = (_FILLERS | TITLES) - {"here", "speaking"} - name.own
    start = next((place for place, word in enumerate(plain) if word not in skipped), len(plain))
    titled = bool(TITLES & set(plain[:start]))
    for length in (1, 2, 3):
        tail = " ".join(plain[start + length :])
        ends = any(tail == after or tail.startswith(f"{after} ") for after in _AFTER)
        if re.match(r"here (are|is|was|were|at|in|on|aint|isnt|arent|have|has|keep)\b", tail):
            continue  # ``things here are bad``
        if not ends or plain[0] == "is" or re.match(r"speaking (with|to|for|about)\b", tail):
            continue
        run = _run(said, start, name)
        if run and len(run) == length:
            enough = _is_enough(run, name, titled=titled)
            return Introduced(own=enough, part=not enough)
        sure = (
            weak
            or tail.startswith("speaking")
            or length == 1
            or all(word.capital for word in said[start : start + length])
        )
        if (
            not run
            and length <= 2
            and sure
            and all(looks_like_name(said, start + ahead) for ahead in range(length))
            and not is_short(plain[start], name)
        ):
            return Introduced(other=True)
    return Introduced()
