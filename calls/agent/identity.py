"""Is this the right person? Names and the harmless facts on file, compared with what was said."""

import re
from itertools import pairwise

from calls.agent.everyday import assent
from calls.agent.facts import Brief
from calls.agent.numbers import digit_string, words

_STREET_KINDS = {
    "street", "st", "avenue", "ave", "road", "rd", "drive", "dr", "lane", "ln", "boulevard", "blvd", "court", "ct", "place", "pl",
    "way", "circle", "cir", "terrace", "ter", "parkway", "pkwy", "north", "south", "east", "west", "n", "s", "e", "w", "calle",
    "apt", "unit", "suite",
}  # fmt: skip
_INTRODUCING = re.compile(
    r"\b(this is|its|it is|im|i am|speaking|thats me|you got|youve got|here|me|soy|habla|yes|yeah|yep|si|hi|hello)\b"
)
_DENYING = re.compile(
    r"\b(not|isnt|aint|out|away|no|wife|husband|son|daughter|mother|assistant|for|stepped|left|esposa|esposo|hija|hijo)\b"
)
_RELATIVE = re.compile(
    r"\b(this is|im|i am|its|soy|habla|speaking) (her|his|their|the|el|la|su|just her|just his|just the|ms \w+s|mr \w+s|\w+s)? ?"
    r"(husband|wife|spouse|son|daughter|mother|father|mom|dad|brother|sister|roommate|housemate|neighbor|assistant|secretary|receptionist"
    r"|caregiver|nurse|nephew|niece|cousin|friend|partner|girlfriend|boyfriend|babysitter|esposo|esposa|hijo|hija|madre|padre|mama|papa"
    r"|hermano|hermana|vecino|vecina|asistente|secretaria|novio|novia)\b"
)
_RELATIONS = (
    r"(husband|wife|spouse|son|daughter|mother|father|mom|mum|dad|brother|sister|roommate|housemate|neighbor|assistant|secretary"
    r"|receptionist|caregiver|carer|caretaker|aide|nurse|nephew|niece|cousin|friend|partner|girlfriend|boyfriend|babysitter|grandson"
    r"|granddaughter|grandmother|grandfather|guardian|fiance|fiancee|stepson|stepdaughter|in law"
    r"|esposo|esposa|marido|mujer|hijo|hija|madre|padre|mama|papa|hermano|hermana|vecino|vecina|novio|novia|abuela|abuelo|nieto|nieta)"
)
# ``She is my wife``, ``her daughter``, ``wife of Ida``, ``speaking for her``: whoever says so is somebody else.
_SOMEBODY_ELSE = re.compile(
    rf"\b(shes|hes|she is|he is|thats|that is|es|ella es|el es) (my|mi) {_RELATIONS}\b|\b(her|his|their) {_RELATIONS}\b|\b{_RELATIONS} (of|de) \w+"
    r"|\b(speaking|answering|talking|here|calling) (for|on behalf of) (her|him|them|my|mr|mrs|ms)\b|\bon (her|his|their) behalf\b"
    r"|\bpower of attorney\b|\ba nombre de\b|\bde parte de (ella|el)\b"
)
_IT_IS_ME = re.compile(
    r"\b(soy yo|yo soy|con (el|ella) habla|(el|ella) habla|habla (el|ella)|this is (she|he|her|him)|(its|it is|thats) me|speaking)\b"
)
_TITLES = {"mr", "mrs", "ms", "miss", "mister", "dr", "doctor", "senor", "senora", "sr", "sra", "don", "dona"}
# What may stand right before a family name said alone; any other word is a first name.
_AROUND_A_NAME = _TITLES | {
    "",
    "yes",
    "yeah",
    "yep",
    "si",
    "is",
    "im",
    "am",
    "its",
    "this",
    "here",
    "speaking",
    "soy",
    "habla",
    "uh",
    "um",
    "it",
}
_HOUSES = {"residence", "household", "house", "home", "family", "phone", "line", "casa", "familia"}
_HANDLES = re.compile(
    r"\b(i (do|can|handle|pay|take care of|do all) (handle |pay |all )?(the |that|all |our )?(bills|billing|books|payables|accounts payable|invoices|that|it|those)"
    r"|that(s| would be| will be) me|speaking|you got (him|her|me)|this is (she|he|him|her|accounts payable|accounting|ap|billing)"
    r"|i (do|keep|run) (the |our )?(books|office|accounts)|in charge of (the )?(bills|payables|accounts|billing)"
    r"|im the (owner|bookkeeper|office manager|controller|manager)|i am the (owner|bookkeeper|office manager|controller)|accounts payable speaking"
    r"|yo (me encargo|llevo|pago)|soy (yo|el dueno|la duena|la contadora|el contador)|con (ella|el) habla|el habla|ella habla)\b"
)


def names_themselves(text: str, brief: Brief) -> bool:
    """``This is Ida``: the person gives a name of the one asked for, and does not speak of somebody else."""
    said = words(text)
    wanted = {part for part in words(brief.person) if len(part) > 1}
    joined = " ".join(said)
    if not wanted & set(said) or _DENYING.search(joined):
        return False
    return _INTRODUCING.search(joined) is not None or len(said) <= 3


def says_it_is_me(text: str, brief: Brief) -> bool:
    """``Soy yo``, ``speaking``, or the name: said of oneself, whatever else is asked in the same breath."""
    return _IT_IS_ME.search(" ".join(words(text))) is not None or names_themselves(text, brief)


def is_somebody_near(text: str) -> bool:
    """``This is her husband``: a relative, housemate or receptionist is never the customer, whatever fact they know."""
    joined = " ".join(words(text))
    return _RELATIVE.search(joined) is not None or _SOMEBODY_ELSE.search(joined) is not None


def gives_another_name(text: str, brief: Brief) -> bool:
    """``Bob Brandt``, ``the Brandt residence``, ``Ida's phone`` where Ida Brandt was asked for: no answer by herself.

    Of the full name only the family name was said, and neither a yes nor a title with it.
    """
    said, wanted = words(text), words(brief.person)
    family = wanted[0] if "," in brief.person else wanted[-1] if wanted else ""
    if any(part.endswith("s") and part[:-1] in wanted and after in _HOUSES for part, after in pairwise(said)):
        return True
    if len(wanted) < 2 or {part for part in wanted if part in said} != {family}:
        return False
    place = said.index(family)
    before, after = said[place - 1] if place else "", said[place + 1] if place + 1 < len(said) else ""
    return after in _HOUSES or not (assent(text) or before in _TITLES) or before not in _AROUND_A_NAME


def handles_payables(text: str) -> bool:
    """``I do the books``: for a business whoever pays the bills is the right party."""
    joined = " ".join(words(text))
    return _HANDLES.search(joined) is not None and not re.search(r"\b(not|dont|isnt|doesnt)\b", joined)


def gives_a_fact(text: str, brief: Brief) -> bool:
    """One of the facts on file was named: ZIP code, street with its number where that is on file, or its first letters."""
    return _gives_zip(text, brief.zip_code) or _gives_street(text, brief.street)


def has_fact(brief: Brief) -> bool:
    return len(_digits(brief.zip_code)) >= 5 or bool(_street_name(brief.street))


def _gives_zip(text: str, zip_code: str) -> bool:
    wanted = _digits(zip_code)[:5]
    return len(wanted) == 5 and wanted in digit_string(text)


def _gives_street(text: str, street: str) -> bool:
    name = _street_name(street)
    if not name:
        return False
    said = words(text)
    if all(any(_sounds_like(part, word) for word in said) for part in name):
        # ``Avenue A``, ``K Street``: a single letter is said by anybody, so it counts with the kind of street or the number.
        return len("".join(name)) > 1 or bool((_STREET_KINDS | set(_house_numbers(street))) & set(said))
    letters = "".join(word for word in said if len(word) == 1 and word.isalpha())
    return len(letters) >= 2 and "".join(name).startswith(letters)


def _house_numbers(street: str) -> list[str]:
    return [word for word in words(street) if word.isdigit()]


def _street_name(street: str) -> list[str]:
    return [word for word in words(street) if word not in _STREET_KINDS and not word.isdigit()]


def _sounds_like(part: str, word: str) -> bool:
    return word == part or (len(part) > 4 and word.removesuffix("s") == part.removesuffix("s"))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
