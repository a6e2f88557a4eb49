"""Whether two sentences say the same: equal, word for word and fact for fact, once the differences on a list are taken out.

A rewording can so bring nothing of its own: no sentence, no statement about who speaks or who listens, no permission, no promise.
What is on the list is in ``phrases_en.toml`` and ``phrases_es.toml``, to be read by anybody.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from calls.agent.facts import Language

_FILES = {Language.ENGLISH: "phrases_en.toml", Language.SPANISH: "phrases_es.toml"}
_TOKEN = re.compile(r"\{\w+\}|[^\W\d_]+(?:['’][^\W\d_]+)*|[.?!]+")
_ENDS = ".?!"
SHOWN = 8  # phrases of a group that a model is told of
_GAP = "{x}"  # where a phrase holds a fact in its middle
_QUESTION = "?"
_CONTRACTIONS = {
    "i'm": "i am", "i'd": "i would", "i've": "i have", "it's": "it is", "that's": "that is", "you're": "you are", "you'd": "you would",
    "you've": "you have", "we'd": "we would", "we've": "we have", "we're": "we are", "what's": "what is", "when's": "when is",
    "there's": "there is",
}  # fmt: skip
_MODAL = "can"  # the first phrase of its group: it may stand before or behind whoever can


@dataclass(frozen=True, slots=True)
class Phrases:
    """The differences a language allows. ``known``: by its words without small ones, what a phrase stands for; empty for nothing.

    ``optional``: what a line may lose of these, and no line may gain. ``groups``: the first of each, by its first phrase, to be shown.
    """

    small: frozenset[str]
    known: dict[tuple[str, ...], str]
    questions: frozenset[tuple[str, ...]]
    optional: frozenset[str]
    groups: dict[str, str]
    courtesies: tuple[str, ...]
    words: frozenset[str]
    longest: int


@cache
def phrases(language: Language) -> Phrases:
    table = tomllib.loads(Path(__file__).with_name(_FILES[language]).read_text("utf-8"))
    small = frozenset(table["small_words"].split())
    groups = [[one.strip() for one in line.split(" / ")] for line in table["alike"].strip().splitlines()]
    courtesies, questions = table["courtesies"].strip().splitlines(), table["questions"].strip().splitlines()
    known = {_bare(phrase, small): "" for phrase in courtesies + questions}
    for group in groups:
        for phrase in group:
            if known.setdefault(_bare(phrase, small), group[0]) != group[0]:
                raise ValueError(f"{phrase!r} stands for {group[0]!r} and for {known[_bare(phrase, small)]!r}")
    told = [*courtesies, *questions, *(phrase for group in groups for phrase in group)]
    words = small | {word for phrase in told for word in phrase.split() if word != _GAP}
    return Phrases(
        small=small,
        known=known,
        questions=frozenset(_bare(one, small) for one in questions),
        optional=frozenset(table["optional"].strip().splitlines()),
        groups={group[0]: " / ".join(group[:SHOWN]) for group in groups},
        courtesies=tuple(courtesies),
        words=frozenset(words),
        longest=max(map(len, known)),
    )


def sentences(text: str) -> list[list[str]]:
    """Its sentences as words, names in braces and, last, the mark each ends with."""
    found: list[list[str]] = [[]]
    for token in _TOKEN.findall(text):
        word = token if token.startswith("{") else token.lower().replace("’", "'")
        found[-1] += _CONTRACTIONS.get(word, word).split()
        if word[0] in _ENDS:
            found.append([])
    return [sentence for sentence in found if sentence]


def stranger(wording: str, line: str, language: Language) -> str:
    """The first word that is neither the line's nor on the list; empty where there is none."""
    allowed = phrases(language).words | {word for sentence in sentences(line) for word in sentence}
    said = (word for sentence in sentences(wording) for word in sentence)
    return next((word for word in said if word[0] not in "{.?!" and word not in allowed), "")


def says_the_same(wording: str, line: str, language: Language) -> bool:
    """Equal but for the list; of what the line says to be kind, less may be said, never more."""
    optional = phrases(language).optional
    new, old = _meaning(wording, language), _meaning(line, language)
    gained = Counter(one for one in new if one in optional) - Counter(one for one in old if one in optional)
    return not gained and [one for one in new if one not in optional] == [one for one in old if one not in optional]


def shouts(wording: str, language: Language) -> bool:
    """Whether anything but a courtesy ends otherwise than with one full stop or one question mark."""
    said = sentences(wording)
    return any(one[-1] not in (".", "?") and not (one[-1] == "!" and not _bones(one, language)) for one in said)


def exchanges(line: str, language: Language) -> list[str]:
    """The groups of phrases that may stand for one another in this line, to be shown to a model."""
    groups = phrases(language).groups
    return [groups[one] for one in dict.fromkeys(_meaning(line, language)) if one in groups]


@lru_cache(maxsize=2048)
def _meaning(text: str, language: Language) -> tuple[str, ...]:
    """What is left of a text. Sentences that only thank or greet are nothing; a full stop between two statements is as good as a comma."""
    found: list[str] = []
    for sentence in sentences(text):
        bones = _bones(sentence, language)
        found += [*bones, _QUESTION] if bones and sentence[-1][0] == _QUESTION else bones
    return tuple(found)


def _bones(sentence: list[str], language: Language) -> list[str]:
    table, asks = phrases(language), sentence[-1][0] == _QUESTION
    words = [
        word
        for place, word in enumerate(sentence)
        if word[0] not in _ENDS and word not in table.small and not _day_with_on(sentence, place)
    ]
    return list(_subject_first(_read(words, table, asks=asks)))


def _day_with_on(sentence: list[str], place: int) -> bool:
    """``on Friday`` and ``Friday`` are the same."""
    return sentence[place] == "on" and place + 1 < len(sentence) and sentence[place + 1].startswith("{")


def _read(words: list[str], table: Phrases, *, asks: bool) -> Iterator[str]:
    """Longest phrases first, from left to right: each as what it stands for, followed by the fact in it."""
    place = 0
    while place < len(words):
        for length in range(min(table.longest, len(words) - place), 0, -1):
            piece = words[place : place + length]
            phrase = tuple(_GAP if word.startswith("{") else word for word in piece)
            if phrase not in table.known:
                phrase = tuple(piece)
            if phrase in table.known and (asks or phrase not in table.questions):
                yield from filter(None, [table.known[phrase]])
                yield from (word for word in piece if word.startswith("{"))
                place += length
                break
        else:
            yield words[place]
            place += 1


def _subject_first(bones: Iterable[str]) -> Iterator[str]:
    """``when can Ava expect it`` and ``when Ava can expect it`` are the same."""
    waits = ""
    for bone in bones:
        if waits and bone.startswith("{"):
            yield bone
            yield waits
            waits = ""
            continue
        if waits:
            yield waits
        waits = bone if bone.startswith(_MODAL + " ") or bone == _MODAL else ""
        if not waits:
            yield bone
    if waits:
        yield waits


def _bare(phrase: str, small: frozenset[str]) -> tuple[str, ...]:
    """A phrase without its small words; one that is nothing but small words stays as it is."""
    words = phrase.split()
    return tuple(word for word in words if word not in small) or tuple(words)
