"""Which lines are held out together: never a line in one fold and its near copy in another."""

import hashlib
from collections import defaultdict

from disputes.hearing.build.corpus import Example
from disputes.hearing.text import tokens

FOLDS = 5
ALIKE = 0.7


def folds_of(templates: list[Example]) -> dict[str, int]:
    """The fold of each group. Lines of one meaning that share seven words in ten are one group here, chains of them too."""
    words = [frozenset(tokens(one.text)) - {".", "?"} for one in templates]
    leader = list(range(len(templates)))

    def find(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    for first, second in _alike(templates, words):
        leader[find(first)] = find(second)
    return {one.group: _fold(templates[find(at)].group) for at, one in enumerate(templates)}


def unseen_by(lines: list[Example], fold_of: dict[str, int], texts: list[str]) -> list[int]:
    """For each of these texts, which are no lines, the fold whose judges have seen no near copy of it, by first resemblance."""
    words = [(frozenset(tokens(one.text)) - {".", "?"}, fold_of[one.group]) for one in lines]
    found = []
    for at, text in enumerate(texts):
        said = frozenset(tokens(text)) - {".", "?"}
        near = (fold for other, fold in words if len(said & other) >= ALIKE * len(said | other))
        found.append(next(near, at % FOLDS))
    return found


def _alike(templates: list[Example], words: list[frozenset[str]]) -> list[tuple[int, int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for at, said in enumerate(words):
        for word in said:
            places[word].append(at)
    found: list[tuple[int, int]] = []
    for at, said in enumerate(words):
        # Two sets that are so much alike share at least one of the rarer words of either.
        rare = sorted(said, key=lambda word: len(places[word]))[: len(said) - int(ALIKE * len(said)) + 1]
        near = {other for word in rare for other in places[word] if other < at}
        found.extend(
            (at, other)
            for other in near
            if templates[at].intents == templates[other].intents
            and len(said & words[other]) >= ALIKE * len(said | words[other])
        )
    return found


def _fold(group: str) -> int:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % FOLDS
