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
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90,
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
    "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "primero": 1,
}  # fmt: skip


def words(text: str) -> list[str]:
    """Lower case, without accents and punctuation; hyphens and slashes part words, apostrophes vanish."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
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
        elif token in _TENS:
            joined = _DIGITS.get(following, "0") not in ("0",) and following not in ("o", "oh")
            out.append(str(_TENS[token] // 10) if joined else str(_TENS[token]))
    return "".join(out)


def small_number(tokens: list[str], index: int) -> tuple[int | None, int]:
    """The number from 0 to 99 that starts at this token, ordinals included, and how many tokens it takes."""
    token = tokens[index] if index < len(tokens) else ""
    following = tokens[index + 1] if index + 1 < len(tokens) else ""
    if match := re.fullmatch(r"(\d{1,2})(st|nd|rd|th)?", token):
        return int(match[1]), 1
    if token in _TENS:
        if following == "y" and index + 2 < len(tokens) and tokens[index + 2] in _DIGITS:
            return _TENS[token] + int(_DIGITS[tokens[index + 2]]), 3
        if following in _ORDINALS and _ORDINALS[following] < 10:
            return _TENS[token] + _ORDINALS[following], 2
        if following in _DIGITS and _DIGITS[following] != "0":
            return _TENS[token] + int(_DIGITS[following]), 2
        return _TENS[token], 1
    for table in (_TEENS, _ORDINALS):
        if token in table:
            return table[token], 1
    if token in _DIGITS and token not in ("o", "oh"):
        return int(_DIGITS[token]), 1
    return None, 0
