"""Words as speech-to-text gives them, brought to one form: lower case, no accents, no punctuation, numbers as ``#``."""

import re
import unicodedata

# Characters that are heard in one go; of a longer text the first part. Whoever has one hears it in ``parts``.
LONGEST = 4000
LONGEST_WORD = 30
_NUMBER_WORDS = frozenset(
    [
        "zero",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
        "hundred",
        "thousand",
        "grand",
        "dos",
        "tres",
        "cuatro",
        "cinco",
        "seis",
        "siete",
        "ocho",
        "nueve",
        "diez",
        "once",
        "doce",
        "trece",
        "catorce",
        "quince",
        "dieciseis",
        "diecisiete",
        "dieciocho",
        "diecinueve",
        "veinte",
        "veinticinco",
        "treinta",
        "cuarenta",
        "cincuenta",
        "sesenta",
        "setenta",
        "ochenta",
        "noventa",
        "cien",
        "ciento",
        "doscientos",
        "trescientos",
        "cuatrocientos",
        "quinientos",
        "seiscientos",
        "setecientos",
        "ochocientos",
        "novecientos",
        "mil",
    ]
)
_ENDS = {".": ".", ";": ".", "!": ".", "?": "?"}
_ONE = frozenset({"one", "uno", "un", "oh"})
_APOSTROPHES = re.compile(r"['’`´]")
_TOKENS = re.compile(r"[a-z0-9]+(?:[.,]\d+)*|[.?!;](?=\s|$)")
_SHORT_FORMS = {
    "cannot": "cant",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "yall": "you all",
    "ya": "ya",
}


def plain(text: str) -> str:
    """Lower case, without accents and apostrophes: ``Didn't`` is ``didnt``."""
    folded = text.lower()
    if folded.isascii():
        return _APOSTROPHES.sub("", folded)
    folded = unicodedata.normalize("NFKD", folded)
    return _APOSTROPHES.sub("", "".join(letter for letter in folded if not unicodedata.combining(letter)))


def parts(text: str) -> list[str]:
    """The text in pieces that are each heard to their end, parted after a sentence where there is one, else after a word."""
    found, rest = [], text.strip()
    while len(rest) > LONGEST:
        window = rest[:LONGEST]
        end = max(window.rfind(mark) for mark in (". ", "! ", "? ", ".\n", "!\n", "?\n", "\n")) + 1
        end = end if end > LONGEST // 2 else max(window.rfind(" "), 0) or LONGEST
        found.append(rest[:end].strip())
        rest = rest[end:].strip()
    return [*found, rest] if rest or not found else found


def tokens(text: str) -> list[str]:
    """The words, sentence ends as ``.`` or ``?``, every figure and run of number words as one ``#``.

    Of a text longer than anybody speaks in one breath, the first part is taken.
    """
    out: list[str] = []
    raw = [word[:LONGEST_WORD] for word in _TOKENS.findall(plain(text[:LONGEST]))]
    for index, word in enumerate(raw):
        if word in _ENDS:
            out.append(_ENDS[word])
        elif _is_number(raw, index):
            if not out or out[-1] != "#":
                out.append("#")
        else:
            out.extend(_SHORT_FORMS.get(word, word).split())
    return out


def _is_number(raw: list[str], index: int) -> bool:
    token = raw[index]
    if token[0].isdigit():
        return True
    if token in _NUMBER_WORDS:
        return True
    if token in _ONE:
        near = raw[index + 1 : index + 2] + raw[max(0, index - 1) : index]
        return any(word in _NUMBER_WORDS or word[0].isdigit() for word in near)
    return False
