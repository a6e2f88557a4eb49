"""The harmless facts on file, compared with what was said: ZIP code, house number and street, first letters of the street.

A fact counts only where it is given as an answer. A street is often an ordinary word (``Main``, ``First``), and digits are
often part of something else; neither proves anything in passing.
"""

import re
from dataclasses import dataclass

from calls.agent.facts import Brief
from calls.agent.numbers import ORDINALS, TENS, amounts_named, digit_runs, digit_string, words

_KINDS = {
    "street", "st", "avenue", "ave", "road", "rd", "drive", "dr", "lane", "ln", "boulevard", "blvd", "court", "ct", "place", "pl",
    "way", "circle", "cir", "terrace", "ter", "parkway", "pkwy", "calle", "avenida", "camino", "trail", "square", "loop",
}  # fmt: skip
_DIRECTIONS = {
    "north", "south", "east", "west", "n", "s", "e", "w", "northeast", "northwest", "southeast", "southwest", "norte", "sur", "este",
    "oeste",
}  # fmt: skip
_WITHIN = {"apt", "apartment", "unit", "suite", "ste", "floor", "lot", "apartamento", "depto"}
# What may stand around an address that is given as an answer, and nothing else.
_AROUND = _KINDS | _DIRECTIONS | _WITHIN | {
    "its", "it", "is", "that", "thats", "would", "be", "i", "im", "am", "live", "on", "at", "the", "my", "our", "we", "address", "house",
    "home", "number", "zip", "code", "postal", "name", "and", "of", "in", "yes", "yeah", "yep", "yup", "no", "sure", "ok", "okay", "uh",
    "um", "well", "so", "oh", "sorry", "here", "this", "me", "mine", "think", "please", "correct", "right", "a", "hash",
    "es", "mi", "la", "el", "en", "de", "vivo", "vivimos", "codigo", "direccion", "casa", "numero", "y", "si", "bueno", "pues", "nuestra",
    "nombre", "soy", "yo", "claro", "perdon",
}  # fmt: skip
_STATES = (
    r"(?:alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland"
    r"|massachusetts|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|new (?:hampshire|jersey|mexico|york)|north (?:carolina|dakota)|ohio|oklahoma|oregon|pennsylvania"
    r"|rhode island|south (?:carolina|dakota)|tennessee|texas|utah|vermont|washington|wisconsin|wyoming|west virginia)"
)
# What whoever answers for himself says beside the fact.
_BESIDE = re.compile(
    r"\b(?:(?:thats |its )?not a problem|no problem|no worries|(?:of )?course|go ahead|thank you|thanks|(?:there|here) you go|(?:and )?(?:what|whats|whos|who)(?: is| are)? (?:this|it|you|calling)(?: about| regarding| for| please)?"
    r"|who wants to know|why do you (?:ask|need (?:it|that|to know))|why|what do you want|is (?:that|it|this) (?:enough|ok|okay|it|right|good|correct)|does that help|(?:how|what) can i (?:help|do)(?: for)?(?: you)?(?: with)?"
    r"|whats (?:going on|up|wrong|happening|the matter)|what is (?:going on|wrong|happening)|what (?:for|happened|is it|now|do you need)|is (?:something|anything|everything) (?:wrong|ok|okay|fine)|i believe|let me (?:see|think)|if that helps|did you (?:get|hear) (?:that|it|me)"
    r"|(?:and )?you are|now what(?: do you want)?|(?:are you )?happy(?: now)?|same as (?:always|before)|there|please hurry|next question|what company(?: are you with| is this)?|who did you say you (?:are|were)"
    r"|(?:do )?you want my (?:zip(?: code)?|address)|is (?:this|it) about (?:the|my|our|an?) \w+|but|now|then|got it|again|like i said|as i said|i (?:just |already )?(?:said|told you)(?: that)?|speaking|hi|hello|hey|maam|sir|all right|alright|fine|hmm|hm|actually|still"
    rf"|(?!(?:its|it|is|im|i|this|that|me|my|here|name|by|says?|hes|shes|in|from)\b)(?:[a-z]+ ){{1,2}}{_STATES}|(?!georgia|florida|montana|virginia){_STATES}"
    r"|(?:y )?(?:para|por) que(?: lo (?:necesita|pregunta|quiere))?|de que se trata|de parte de quien|quien (?:habla|llama|es)|en que (?:le|lo|la) (?:puedo (?:ayudar|servir)|ayudo)|a (?:sus|la) orden(?:es)?|gracias|por favor|con (?:mucho )?gusto|que (?:pasa|paso|quiere|desea|necesita)"
    r"|dig(?:a|ame)|esta bien|hola|le repito|otra vez|senor|senora|senorita|este)\b"
)
LONGEST_WITH_ZIP = 9  # digits in all: the ZIP code and its four more; a telephone number is longer


@dataclass(frozen=True, slots=True)
class Street:
    """``number`` empty: none on file. ``name`` without the kind of street and the direction."""

    number: str
    name: tuple[str, ...]


def gives_a_fact(text: str, brief: Brief) -> bool:
    """One of the facts on file is given: the ZIP code, the street with its number where that is on file, or its first letters."""
    return _gives_zip(text, brief.zip_code) or _gives_street(text, brief)


def only_gives_a_fact(text: str, brief: Brief) -> bool:
    """A fact, perhaps with the name of the one asked for, and no word beside it but a courtesy or a small question of hers.

    Whoever says more with it may be somebody else who knows it: ``43215, she's right here``, ``43215 Tom speaking``.
    """
    return gives_a_fact(text, brief) and not words_beside(text, brief)


def words_beside(text: str, brief: Brief) -> list[str]:
    """What is left of an answer without the fact, the own name, a courtesy or a small question."""
    allowed = {*_AROUND, *street_of(brief.street).name, *words(brief.person)}
    joined = _BESIDE.sub(" ", " ".join(words(text)))
    rest = [word for word in _said(_unspelled(joined)) if word not in allowed and len(word) > 1]
    return [word for word in rest if not digit_runs(word) and word not in _NUMBER_WORDS]


def has_fact(brief: Brief) -> bool:
    return len(_digits(brief.zip_code)) >= 5 or bool(street_of(brief.street).name)


def street_of(street: str) -> Street:
    """``412 N Elm Street Apt 4`` is number 412 and the name Elm."""
    number, name, skip = "", [], False
    for word in _said(street):
        if skip or word in _WITHIN:
            skip = word in _WITHIN
        elif not number and word.isdigit():
            number = word
        elif not word.isdigit() and word not in _KINDS and word not in _DIRECTIONS:
            name.append(word)
    return Street(number, tuple(name[1:] if len(name) > 1 and number and len(name[0]) == 1 else name))


def _gives_zip(text: str, zip_code: str) -> bool:
    wanted, said = _digits(zip_code)[:5], digit_string(text)
    if len(wanted) < 5:
        return False
    return any(wanted in run for run in (said, *digit_runs(text)) if len(run) <= LONGEST_WITH_ZIP)


def _gives_street(text: str, brief: Brief) -> bool:
    street = street_of(brief.street)
    if not street.name:
        return False
    if _spells(text, "".join(street.name)):
        return True
    said = _said(text)
    place = _place_of(said, street.name)
    if place is None:
        return False
    if street.number:
        return _says_number(said, place, len(street.name), street.number)
    # ``Elm``, where no number is on file: as an answer of its own. ``Avenue A``: a single letter counts with the kind of street.
    rest = {*said[:place], *said[place + len(street.name) :]}
    bare = {word for word in rest if not digit_runs(word) and word not in _NUMBER_WORDS}
    return bare <= _AROUND | {*words(brief.person)} and (len("".join(street.name)) > 1 or bool(_KINDS & rest))


def _says_number(said: list[str], place: int, length: int, number: str) -> bool:
    """The house number right before the street, or right after it as in Spanish, in whatever way it is read out."""
    before = [word for word in said[max(0, place - 8) : place] if word not in _KINDS | _DIRECTIONS | {"la", "de"}]
    after = [
        word
        for word in said[place + length : place + length + 8]
        if word not in _KINDS | _DIRECTIONS | {"numero", "number"}
    ]
    if before and len(before[-1]) == 1 and before[-1].isalpha():
        before.pop()  # ``four b oak``
    return number in _numbers_at_end(before) or number in _numbers_at_start(after)


def _numbers_at_end(said: list[str]) -> set[str]:
    """Every number the last words can mean: ``four twelve``, ``four one two`` and ``four hundred twelve`` are 412."""
    return {number for start in range(len(said)) for number in _readings(said[start:])}


def _numbers_at_start(said: list[str]) -> set[str]:
    return {number for end in range(1, len(said) + 1) for number in _readings(said[:end])}


def _readings(said: list[str]) -> set[str]:
    if not all(digit_runs(word) or word in _NUMBER_WORDS for word in said):
        return set()
    joined = " ".join(said)
    whole = amounts_named(joined)
    return {digit_string(joined), *([str(max(whole))] if whole else [])}


_NUMBER_WORDS = {
    "hundred", "thousand", "and", "y", "mil", "cien", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos",
    "seiscientos", "setecientos", "ochocientos", "novecientos",
}  # fmt: skip


def _place_of(said: list[str], name: tuple[str, ...]) -> int | None:
    length = len(name)
    for place in range(len(said) - length + 1):
        if all(_sounds_like(part, word) for part, word in zip(name, said[place:], strict=False)):
            return place
    return None


def _spells(text: str, name: str) -> bool:
    """``E L M``, ``e as in echo, l as in lima``: the first letters, at least two, and nothing that is no part of such an answer."""
    letters: list[str] = []
    rest: list[str] = []
    for word in words(_unspelled(text)):
        (letters if len(word) == 1 and word.isalpha() else rest).append(word)
    spelled = "".join(letters)
    for said in (spelled, spelled.removeprefix("i")):  # ``I think it's E L M``
        if len(said) >= 2 and name.startswith(said):
            return {*rest} <= _AROUND | _LETTERS | {name}
    return False


_LETTERS = {
    "letters",
    "letter",
    "spelled",
    "starts",
    "begins",
    "with",
    "letras",
    "empieza",
    "con",
    "first",
    "primeras",
    "then",
    "and",
}


def _unspelled(text: str) -> str:
    return re.sub(r"(?i)\b([a-z]),? (?:as in|like|for|de|como) [a-z]+", r"\1", text)


def _said(text: str) -> list[str]:
    """The words, with ``fifth`` and ``twenty-first`` as 5th and 21st, so that either form matches the other."""
    out: list[str] = []
    for word in words(text):
        if word in ORDINALS:
            value = ORDINALS[word]
            if out and out[-1] in TENS and value < 10:
                value += TENS[out.pop()]
            out.append(f"{value}th")
        else:
            out.append(re.sub(r"^(\d+)[a-z]$", r"\1", re.sub(r"^(\d+)(?:st|nd|rd|th)$", r"\1th", word)))
    return out


def _sounds_like(part: str, word: str) -> bool:
    return word == part or (len(part) > 4 and word.removesuffix("s") == part.removesuffix("s"))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
