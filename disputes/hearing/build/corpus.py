"""The training lines: written by hand as templates, filled with the words of the trades, roughened as speech recognition does.

A file holds sections ``[intent/reason + intent]`` and one line a template. Every form made of one template shares its group, so that
cross-validation never sees a template on both sides.
"""

import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from disputes.hearing.concepts import FILE as CONCEPTS
from disputes.hearing.gloss import FILE as GLOSSARY
from disputes.hearing.labels import INDEPENDENT, RANK, Intent, Reason
from disputes.hearing.text import plain

LINES = Path(__file__).with_name("lines")
CALLS = LINES.with_name("ordinary_calls.jsonl")
SEED = 20261122

SLOTS_FILE = Path(__file__).with_name("slots.txt")
FILLERS_EN = [
    "uh",
    "um",
    "well",
    "yeah",
    "no",
    "so",
    "i mean",
    "you know",
    "look",
    "listen",
    "okay",
    "hi",
    "honestly",
    "see",
]
FILLERS_ES = ["este", "pues", "mire", "bueno", "oiga", "no", "ay", "es que"]
TAILS_EN = ["you know", "okay", "so", "thank you", "alright", "man", "sir", "maam", "i guess"]
TAILS_ES = ["gracias", "oiga", "señor", "pues", "eh"]
_MISHEARD = {
    "your": "you're", "you're": "your", "there": "their", "to": "two", "paid": "payed", "bill": "bills", "invoice": "in voice",
    "quote": "coat", "leak": "leek", "didn't": "did", "didnt": "did it", "charge": "charges", "owe": "oh", "our": "are",
}  # fmt: skip

_TURNS = re.compile(
    r"\b(?:not|never|no|nothing|none|but|though|fixed|redid|redone|repaired|replaced|resolved|sorted|swapped|came back|then"
    r"|since|now|after|until|later|last year|other|if|\w+nt|pero|ya|nada|nunca|otro|otra|despues|arregl\w+|cambi\w+)\b"
)


@dataclass(frozen=True, slots=True)
class Example:
    """One form of one template. ``form``: clean, stt or prefix."""

    text: str
    intents: tuple[Intent, ...]
    reason: Reason | None
    group: str
    form: str
    language: str

    @property
    def intent(self) -> Intent:
        return self.intents[0]

    @property
    def dispute(self) -> bool:
        return Intent.DISPUTE in self.intents


def templates(folder: Path = LINES) -> Iterator[Example]:
    """Every line as it was written. Raises ValueError with file and line for a section nobody knows."""
    for path in sorted(folder.glob("*.txt")):
        language = "es" if "spanish" in path.name else "es-en" if "mixed" in path.name else "en"
        intents: tuple[Intent, ...] = ()
        reason: Reason | None = None
        for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                intents, reason = _section(line, f"{path.name}:{number}")
                continue
            if not intents:
                raise ValueError(f"{path.name}:{number}: a line before the first section")
            yield Example(line, intents, reason, f"{path.stem}:{number}", "template", language)


def examples(folder: Path = LINES, seed: int = SEED) -> list[Example]:
    """Every template filled and roughened; the same seed gives the same list."""
    made: list[Example] = []
    for template in templates(folder):
        chance = random.Random(f"{seed}:{template.group}")  # noqa: S311
        fillings = _fillings(template.text)
        for _index in range(fillings):
            filled = fill(template.text, chance)
            made.append(like(template, filled, "clean"))
            made.append(like(template, roughened(filled, template.language, chance), "stt"))
        made.extend(prefixes(template, chance))
    return made


def digest_of_sources() -> str:
    """What the weights are made of: lines, fillings and families of words. Stored in the model, so that neither goes stale."""
    return _digest([*_taught(), CONCEPTS, GLOSSARY])


def digest_of_lines() -> str:
    """What an encoder was taught: one that was taught these is not taught again because the glossary has grown."""
    return _digest(_taught())


def _taught() -> list[Path]:
    return [*sorted(LINES.glob("*.txt")), SLOTS_FILE]


def _digest(sources: list[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


def fill(text: str, chance: random.Random) -> str:
    """Every slot by one of its words, slots inside them too; a leading ``*N`` goes."""
    text = re.sub(r"^\*\d+ ", "", text)
    while "{" in text:
        text = re.sub(r"\{(\w+)\}", lambda slot: chance.choice(slots()[slot[1]]), text)
    return text


def ordinary_calls() -> list[list[tuple[str | None, str]]]:
    """What people say on calls about which nobody quarrels, turn by turn: what was asked before, and the words. Never learned from."""
    raw = CALLS.read_text(encoding="utf-8").splitlines()
    return [[(turn["asked"], turn["text"]) for turn in json.loads(line)] for line in raw if line.strip()]


@cache
def slots() -> dict[str, tuple[str, ...]]:
    lines = [line for line in SLOTS_FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    parts = [line.partition(":") for line in lines]
    return {name: tuple(one.strip() for one in listed.split(";")) for name, _colon, listed in parts}


def _fillings(text: str) -> int:
    if match := re.match(r"\*(\d+) ", text):
        return int(match[1])
    return 3 if "{" in text else 1


def roughened(text: str, language: str, chance: random.Random) -> str:
    """As speech recognition gives it: no capitals, no punctuation, fillers, a repeated or misheard word."""
    words = [word.strip(".,!?¿¡") for word in text.lower().replace("'", "").split()]
    words = [word for word in words if word]
    fillers, tails = (FILLERS_ES, TAILS_ES) if language == "es" else (FILLERS_EN, TAILS_EN)
    if language == "es" and chance.random() < 0.5:
        words = plain(" ".join(words)).split()
    if chance.random() < 0.2 and len(words) > 3:
        place = chance.randrange(len(words))
        words[place] = _MISHEARD.get(words[place], words[place])
    if chance.random() < 0.15 and len(words) > 2:
        place = chance.randrange(len(words))
        words.insert(place, words[place])
    if chance.random() < 0.5:
        words = [chance.choice(fillers), *words]
    if chance.random() < 0.2:
        words = [*words, chance.choice(tails)]
    return " ".join(words)


def prefixes(template: Example, chance: random.Random) -> Iterator[Example]:
    """Cut-off lines: nearly whole stops are still stops; what is cut from a harmless line is harmless.

    Not so where the end of the line takes back its beginning: "it leaked again but they fixed it" is a dispute until the *but*.
    """
    words = fill(template.text, chance).split()
    stops = bool({*template.intents} & {*INDEPENDENT})
    if len(words) < 6 or (not stops and _TURNS.search(plain(" ".join(words)))):
        return
    least = int(len(words) * 0.75) if stops else 2
    yield like(template, " ".join(words[: chance.randint(max(2, least), len(words) - 1)]).rstrip(",.?"), "prefix")


def like(template: Example, text: str, form: str) -> Example:
    return Example(text, template.intents, template.reason, template.group, form, template.language)


def _section(line: str, where: str) -> tuple[tuple[Intent, ...], Reason | None]:
    reason: Reason | None = None
    intents: set[Intent] = set()
    for part in line.strip("[]").split("+"):
        name, _slash, why = part.strip().partition("/")
        try:
            intents.add(Intent(name))
            reason = Reason(why) if why else reason
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error
    return tuple(sorted(intents, key=RANK.__getitem__)), reason
