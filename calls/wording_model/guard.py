"""What a reworded sentence may be: the line itself, but for differences on a list. Anything else is not spoken.

The list is of phrases, not of words: harmless words alone can be put together to a threat, a waiver or a claim to be a person.
"""

import re
from collections import Counter

from calls.agent.facts import Language
from calls.wording_model.sameness import says_the_same, sentences, shouts, stranger
from calls.wording_model.vocabulary import weight_of, words_in

LONGEST = 280
NAME = re.compile(r"\{(\w+)\}")
_GLUED = re.compile(r"[\w}]\{|\}[\w{]")
_PLAIN = re.compile(r"[^\W\d_]|[ ,.?!;:'’¿¡-]")


def objection(wording: str, line: str, language: Language) -> str:
    """Why this wording of ``line`` may not be spoken, in a word or two; empty where it may. Both have their facts as names in braces."""
    if not wording.strip() or len(wording) > min(LONGEST, 3 * len(line) + 40):
        return "length"
    names, own = NAME.findall(wording), NAME.findall(line)
    if Counter(names) != Counter(own):
        return "facts"
    if names != own:
        return "order of facts"
    if _GLUED.search(wording):
        return "glued facts"
    free = NAME.sub(" ", wording)
    if (odd := _PLAIN.sub("", free)) != "":
        return "digit" if any(letter.isdigit() for letter in odd) else "sign"
    if wording.count("?") != line.count("?") or not wording.rstrip().endswith((".", "?", "!")):
        return "kind of sentence"
    if re.search(r"[^\W\d_]\.[^\W\d_]", free):
        return "address"
    if weight := next(filter(None, map(weight_of, words_in(free))), ""):
        return weight
    return _structure(wording, line, language)


def _structure(wording: str, line: str, language: Language) -> str:
    if word := stranger(wording, line, language):
        return f"word: {word}"
    if len(sentences(wording)) > len(sentences(line)):
        return "added sentence"
    if shouts(wording, language):
        return "kind of sentence"
    return "" if says_the_same(wording, line, language) else "meaning"
