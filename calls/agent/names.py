"""Names as they are on file and as they are said: first and family names, short forms, letters, titles, and words that are none.

Half of all names are ordinary words too (``Will``, ``Bill``, ``May``), and families share all but the first.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from calls.agent.numbers import words

_DATA = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))


def listed(key: str) -> frozenset[str]:
    return frozenset(_DATA[key].split())


TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mister", "dr", "doctor", "senor", "senora", "senorita", "sr", "sra", "don", "dona"}
)
GENERATIONS = {
    "jr": "jr",
    "junior": "jr",
    "hijo": "jr",
    "senior": "sr",
    "sr": "sr",
    "ii": "ii",
    "iii": "iii",
    "iv": "iv",
}
PARTICLES = listed("particles")
_AND = re.compile(r"\s*(?:&|\+|/|\b(?:and|y|or|und)\b)\s*", re.IGNORECASE)
# Short forms that everybody knows. One is no other name, and by itself no proof either.
_SHORT = {short: frozenset(full.split()) for full, shorts in _DATA["short_forms"].items() for short in shorts.split()}
_LONG = frozenset(name for full in _SHORT.values() for name in full)
# Words that follow ``this is`` or a name and are no name.
ORDINARY = listed("ordinary")
RELATIONS = listed("relations")
_NO_NAMES = ORDINARY | RELATIONS
WORD_NAMES = listed("word_names")
HOUSES = frozenset({"residence", "household", "house", "home", "family", "phone", "line", "casa", "familia"})


@dataclass(frozen=True, slots=True)
class OnFile:
    """``first``: the first name of each person named; ``family``: everything after it; ``generation``: ``jr`` and the like."""

    first: frozenset[str]
    family: frozenset[str]
    generation: str

    @property
    def own(self) -> frozenset[str]:
        return self.first | self.family


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    capital: bool
    breaks: bool  # a comma, a full stop or the like stands before it


@lru_cache(maxsize=64)
def on_file(person: str) -> OnFile:
    """``Ida Brandt``, ``Brandt, Ida``, ``Mr. & Mrs. Tom Brandt``, ``Ida de la Cruz``, ``Robert Smith-Jones Jr.``"""
    family, comma, given = person.partition(",")
    if comma and set(words(given)) - set(GENERATIONS) - TITLES:
        person = f"{given} {family}"
    first: set[str] = set()
    rest: set[str] = set()
    generation = ""
    for part in _AND.split(person):
        spoken = words(part)
        generation = generation or next((GENERATIONS[word] for word in spoken[2:] if word in GENERATIONS), "")
        said = [word for word in spoken if word not in TITLES]
        said = [word for place, word in enumerate(said) if not place or word not in PARTICLES.union(GENERATIONS)]
        first |= {*said[:1]}
        if len(said) > 2 and len(said[0]) == len(said[1]) == 1:
            first.add(said[0] + said[1])  # ``J. R.`` is said as one word
        rest |= {*said[1:]}
    return OnFile(frozenset(first), frozenset(rest - first), generation)


def is_possessive(text: str, person: str) -> bool:
    """``Ida's``, by somebody who is not Ida."""
    name = on_file(person)
    first = name.first - WORD_NAMES
    return any(word.endswith("s") and word[:-1] in first and word not in name.own for word in words(text))


def is_of_theirs(plain: list[str], name: OnFile) -> bool:
    """``Ida's phone``, ``the Brandt residence``, ``Ida Brandt's husband``."""
    for place, word in enumerate(plain):
        after = plain[place + 1] if place + 1 < len(plain) else ""
        if after in HOUSES and (word in name.own or word.removesuffix("s") in name.own):
            return True
        if (
            word.endswith("s")
            and word not in name.own
            and word[:-1] in name.own
            and (after in RELATIONS or (place and plain[place - 1] == "the"))
        ):
            return True
    return False


def spoken(text: str) -> list[Word]:
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    found = re.finditer(r"([.,;:!?]?)[^A-Za-z0-9]*([A-Za-z0-9]+)", re.sub(r"['’]", "", plain))
    return _spelled([Word(one[2].lower(), one[2][0].isupper(), bool(one[1])) for one in found])


def _spelled(said: list[Word]) -> list[Word]:
    """``I D A`` is Ida: letters said one by one make the word they spell."""
    out: list[Word] = []
    run: list[Word] = []
    for word in [*said, Word("", False, False)]:
        if (
            len(word.text) == 1
            and word.text.isalpha()
            and not (word.text == "i" and not run and _begins_sentence(said, word))
        ):
            run.append(word)
            continue
        if len(run) >= 3:
            out.append(Word("".join(letter.text for letter in run), True, run[0].breaks))
        else:
            out += run
        run = []
        out.append(word)
    return out[:-1]


def _begins_sentence(said: list[Word], word: Word) -> bool:
    following = next((said[place + 1] for place, one in enumerate(said[:-1]) if one is word), None)
    return following is None or len(following.text) > 1


def is_short(word: str, name: OnFile) -> bool:
    return bool(_SHORT.get(word, frozenset()) & name.first) or any(
        word in _SHORT and word != one and one in _SHORT and _SHORT[one] & _SHORT[word] for one in name.first
    )


def is_first_name(word: str) -> bool:
    """One of the names that have a short form, or that form, and no ordinary word."""
    return (word in _SHORT or word in _LONG) and word not in WORD_NAMES


def is_misheard(word: str, names: frozenset[str]) -> bool:
    """``Brand`` for Brandt, ``Brent`` for Brandt: a family name as it is heard on the telephone, begun with the same letter."""
    return any(
        len(name) > 3 and word[:1] == name[:1] and _apart(word, name) <= (2 if len(name) > 5 else 1) for name in names
    )


def _apart(one: str, other: str) -> int:
    """How many letters must be changed, added or left out."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        corner, row[0] = row[0], at
        for place, wanted in enumerate(other, 1):
            corner, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, corner + (letter != wanted))
    return row[-1]


def looks_like_name(said: list[Word], at: int) -> bool:
    """Not an ordinary word; where the words come with capitals, one that has one."""
    word = said[at]
    if (
        word.text in _NO_NAMES
        or word.text.isdigit()
        or (
            len(word.text) > 4
            and word.text.endswith(("ing", "ly", "tion", "able", "ible", "ful", "ous", "less", "ness", "ical", "ional"))
        )
    ):
        return False
    written = any(one.capital for one in said[1:] if not one.breaks and one.text not in ("i", "im", "ill", "ive", "id"))
    return word.capital or not written
