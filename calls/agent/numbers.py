"""Numbers as people say them on the phone, English and Spanish: digit strings, small numbers, ordinals."""

import re
import unicodedata

_DIGITS = {
    "zero": "0", "oh": "0", "o": "0", "cero": "0",
    "one": "1", "uno": "1", "un": "1", "una": "1", "two": "2", "dos": "2", "three": "3", "tres": "3",
    "four": "4", "cuatro": "4", "five": "5", "cinco": "5", "six": "6", "seis": "6", "seven": "7", "siete": "7",
    "eight": "8", "ocho": "8", "nine": "9", "nueve": "9",
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15,
    "dieciseis": 16, "diecisiete": 17, "dieciocho": 18, "diecinueve": 19, "veintiuno": 21, "veintidos": 22, "veintitres": 23,
    "veinticuatro": 24, "veinticinco": 25, "veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90,
}  # fmt: skip
_HUNDREDS = {
    "cien": 100, "ciento": 100, "doscientos": 200, "trescientos": 300, "cuatrocientos": 400, "quinientos": 500, "seiscientos": 600,
    "setecientos": 700, "ochocientos": 800, "novecientos": 900,
}  # fmt: skip
# What may stand between two digits that are read out in one go.
_BETWEEN = frozenset({"uh", "um", "er", "eh", "dash", "hyphen", "then", "guion", "luego"})
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
    "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "primero": 1,
}  # fmt: skip


def words(text: str) -> list[str]:
    """Lower case, without accents and punctuation; hyphens and slashes part words, apostrophes vanish."""
    plain = text.lower()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", plain))


def digit_string(text: str) -> str:
    """Every digit said, in order: ``seven six one oh four``, ``76104`` and ``seventy-six one oh four`` are 76104."""
    out: list[str] = []
    repeat = 1
    tokens = words(text)
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        if token in ("double", "doble"):
            repeat = 2
        elif token.isdigit():
            out.append(token * repeat)
            repeat = 1
        elif token in _DIGITS:
            out.append(_DIGITS[token] * repeat)
            repeat = 1
        elif token in _TEENS:
            out.append(str(_TEENS[token]))
        elif token in TENS:
            joined = _DIGITS.get(following, "0") not in ("0",) and following not in ("o", "oh")
            out.append(str(TENS[token] // 10) if joined else str(TENS[token]))
    return "".join(out)


def digit_runs(text: str) -> list[str]:
    """The digits said in one go, one entry a run: ``4111 1111 dash 1111`` is one run, ``2232 and 2233`` are two."""
    runs: list[list[str]] = []
    open_run = False
    for token in words(text):
        if _is_digits(token):
            if not open_run:
                runs.append([])
            runs[-1].append(token)
            open_run = True
        elif token not in _BETWEEN:
            open_run = False
    return [digits for run in runs if (digits := digit_string(" ".join(run)))]


def without_numbers(text: str) -> str:
    """The same words with every digit and every word for one taken out."""
    hidden = re.sub(r"\d", "#", text)
    return re.sub(r"[^\W\d_]+", lambda match: "#" if _names_digits(match[0]) else match[0], hidden)


def amounts_named(text: str) -> set[int]:
    """Every whole number these words can mean as a sum of money: ``seven hundred``, ``twelve forty``, ``$1,240``, ``mil doscientos``."""
    tokens = words(re.sub(r"(?<=\d),(?=\d{3})", "", re.sub(r"(\d)\.\d\d\b", r"\1", text)))
    found: set[int] = set()
    for start in range(len(tokens)):
        found |= _amounts_from(tokens, start)
    return found


def _amounts_from(tokens: list[str], start: int) -> set[int]:
    """The sums that begin at this word, short and long readings alike: ``twelve forty one`` is 12, 1240 or 1241."""
    first = tokens[start]
    following = tokens[start + 1] if start + 1 < len(tokens) else ""
    if first.isdigit() and following not in ("hundred", "thousand", "grand", "mil"):
        return {int(first)} if len(first) <= 7 else set()
    found: set[int] = set()
    total, index = 0, start
    if first == "mil":
        total, index = 1000, start + 1
        found.add(total)
    while index < len(tokens):
        word = tokens[index]
        number, used = (_HUNDREDS[word], 1) if word in _HUNDREDS else small_number(tokens, index)
        if word in ORDINALS or number is None:
            break
        index += used
        if index < len(tokens) and tokens[index] in ("thousand", "grand", "mil"):
            total, index = (total + number) * 1000, index + 1
        elif index < len(tokens) and tokens[index] == "hundred":
            total, index = total + number * 100, index + 1
        elif 10 <= total < 100 and 10 <= number < 100:
            found |= {total * 100 + number, total * 100 + number // 10 * 10}
            break
        else:
            total += number
        found.add(total)
        if index < len(tokens) and tokens[index] in ("and", "y"):
            index += 1
    return found


def _is_digits(token: str) -> bool:
    return token.isdigit() or token in _DIGITS or token in _TEENS or token in TENS or token in ("double", "doble")


def _names_digits(word: str) -> bool:
    plain = "".join(words(word))
    return _is_digits(plain) and plain not in ("o", "oh", "un", "una", "double", "doble")


def small_number(tokens: list[str], index: int) -> tuple[int | None, int]:
    """The number from 0 to 99 that starts at this token, ordinals included, and how many tokens it takes."""
    token = tokens[index] if index < len(tokens) else ""
    following = tokens[index + 1] if index + 1 < len(tokens) else ""
    if match := re.fullmatch(r"(\d{1,2})(st|nd|rd|th)?", token):
        return int(match[1]), 1
    if token in TENS:
        if following == "y" and index + 2 < len(tokens) and tokens[index + 2] in _DIGITS:
            return TENS[token] + int(_DIGITS[tokens[index + 2]]), 3
        if following in ORDINALS and ORDINALS[following] < 10:
            return TENS[token] + ORDINALS[following], 2
        if following in _DIGITS and _DIGITS[following] != "0":
            return TENS[token] + int(_DIGITS[following]), 2
        return TENS[token], 1
    for table in (_TEENS, ORDINALS):
        if token in table:
            return table[token], 1
    if token in _DIGITS and token not in ("o", "oh"):
        return int(_DIGITS[token]), 1
    return None, 0
