"""What a reworded sentence may be: the same facts, each as often as before, between harmless words. Anything else is not spoken."""

import re
from collections import Counter

from calls.agent.facts import Language
from calls.wording_model.vocabulary import VOCABULARY, weight_of, words_in

LONGEST = 280
NAME = re.compile(r"\{(\w+)\}")
_PLAIN = re.compile(r"[^\W\d_]|[ ,.?!;:'’¿¡-]")


def objection(wording: str, line: str, language: Language) -> str:
    """Why this wording of ``line`` may not be spoken, in a word or two; empty where it may. Both have their facts as names in braces."""
    if not wording.strip() or len(wording) > min(LONGEST, 3 * len(line) + 40):
        return "length"
    if Counter(NAME.findall(wording)) != Counter(NAME.findall(line)):
        return "facts"
    free = NAME.sub(" ", wording)
    if (odd := _PLAIN.sub("", free)) != "":
        return "digit" if any(letter.isdigit() for letter in odd) else "sign"
    if wording.count("?") != line.count("?") or not wording.rstrip().endswith((".", "?", "!")):
        return "kind of sentence"
    if re.search(r"[^\W\d_]\.[^\W\d_]", free):
        return "address"
    own = set(words_in(NAME.sub(" ", line)))
    for word in words_in(free):
        if kind := weight_of(word):
            return kind
        if word not in own and word not in VOCABULARY[language]:
            return f"word: {word}"
    return ""
