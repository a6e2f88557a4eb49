"""What the held-out judgments are worth: recall, precision, false alarms, by language, by writer and by meaning."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from disputes.hearing.build.corpus import Example
from disputes.hearing.decision import Judged, in_context
from disputes.hearing.labels import INDEPENDENT, Intent, Reason

LEAST_PRECISION = 0.902
PRECISION_AT_ONCE = 0.95  # on a call, where whoever says something doubtful is asked about it
MOST_FALSE_ALARMS = 0.022
STOPS = tuple(intent for intent in INDEPENDENT if intent is not Intent.DISPUTE)
ORDINARY = "o_"
# Eight writers who knew neither the model nor its rules wrote in the proportions of real calls, fixed before anything was measured; most
# of the others wrote to mislead. What is shipped is fitted to the former and measured on both.
NATURAL = ("wa", "wb", "wc", "wd", "we", "wf", "wg", "wh")


@dataclass(frozen=True, slots=True)
class Decided:
    """One form of a line, how it was judged by judges that had not seen it, and the thresholds found without it."""

    row: Example
    judged: Judged
    thresholds: dict[str, float]

    @property
    def frozen(self) -> bool:
        return self.judged.score >= self.judged.freeze_at(self.thresholds)

    @property
    def frozen_at_once(self) -> bool:
        """On a call, where what is less sure is asked about before it freezes."""
        return self.judged.score >= self.judged.freeze_at(self.thresholds, "at_once")

    @property
    def paused(self) -> bool:
        at = self.thresholds["pause_partial" if self.row.form == "prefix" else "pause"]
        return self.frozen or self.judged.score >= at

    def found(self, intent: Intent) -> bool:
        if intent is Intent.DISPUTE:
            return self.frozen
        return intent in self.judged.found_beside(self.thresholds)

    @property
    def silenced(self) -> bool:
        """Whatever it was taken for, no more is said of money."""
        return self.paused or any(self.found(intent) for intent in STOPS)


def thresholds_from(rows: list[Example], judged: list[Judged]) -> dict[str, float]:
    """Freeze: as low as precision allows. Pause: as low as ordinary turns allow. Other stops: recall before precision."""
    whole = [(row, one) for row, one in zip(rows, judged, strict=True) if row.form != "prefix"]
    stops = {
        intent.value: max((step / 100 for step in range(10, 96, 4)), key=lambda at: (_f2(whole, intent, at), at))
        for intent in STOPS
    }
    usual = stops | {"freeze": 1.0}
    natural = [(row, one) for row, one in whole if writer(row) in NATURAL]
    freeze = _lowest(
        [(one.score / one.freeze_at(usual), row.dispute) for row, one in natural],
        lambda right, wrong: right / (right + wrong) >= LEAST_PRECISION,
    )
    ordinary = [one.score for row, one in whole if row.group.startswith(ORDINARY)]
    allowed = sorted(ordinary, reverse=True)[int(MOST_FALSE_ALARMS * len(ordinary))] if ordinary else 0.0
    at_once = _lowest(
        [(one.score / one.freeze_at(usual), row.dispute) for row, one in natural],
        lambda right, wrong: right / (right + wrong) >= PRECISION_AT_ONCE,
    )
    pause = min(freeze, max(allowed + 0.005, 0.4 * freeze))
    found = {
        "freeze": freeze,
        "at_once": at_once,
        "pause": pause,
        "pause_partial": 0.7 * pause,
        "pause_partial_alone": freeze,
    }
    return {name: round(value, 3) for name, value in (found | stops).items()}


def _lowest(scored: list[tuple[float, bool]], good: Callable[[int, int], bool]) -> float:
    """The lowest threshold that is still good."""
    right = wrong = 0
    best = 0.99
    ordered = sorted(scored, reverse=True)
    for at, (score, truth) in enumerate(ordered):
        right, wrong = right + truth, wrong + (not truth)
        following = ordered[at + 1][0] if at + 1 < len(ordered) else 0.0
        if good(right, wrong) and following < score:
            best = min(score, 0.99)
    return best


def figures(decided: list[Decided], called: list[Decided]) -> dict[str, Any]:
    """``decided``: the lines. ``called``: the turns of ordinary calls, whose form is what was asked before."""
    whole = [one for one in decided if one.row.form != "prefix"]
    prefixes = [one for one in decided if one.row.form == "prefix"]
    plain = [one for one in whole if not set(one.row.intents) & set(INDEPENDENT)]
    ordinary = [one for one in plain if one.row.group.startswith(ORDINARY)]
    return {
        "writers": sorted({writer(one.row) for one in decided}),
        **_quality(whole),
        "in_natural_proportions": _quality([one for one in whole if writer(one.row) in NATURAL]),
        "dispute_on_prefixes_paused": _rates((one.row.dispute, one.paused) for one in prefixes),
        "dispute_by_rules_alone": _rates((one.row.dispute, one.judged.sure) for one in whole),
        "ordinary": {
            "turns": len(ordinary),
            "frozen": sum(one.frozen for one in ordinary),
            "paused_or_frozen": sum(one.paused for one in ordinary),
            "false_alarms": _share(one.paused for one in ordinary),
            "calls": _calls(called),
        },
        "reasons_exact": _share(
            (one.judged.found.reason or one.judged.reason) == one.row.reason for one in whole if one.row.dispute
        ),
        "intent_right": _share(one.judged.otherwise == one.row.intent for one in plain if not one.silenced),
    }


def _quality(whole: list[Decided]) -> dict[str, Any]:
    """What is asked of any set of whole lines."""
    foreign = [one for one in whole if one.row.language != "en"]
    plain = [one for one in whole if not set(one.row.intents) & set(INDEPENDENT)]
    pairs = [one for one in whole if len(set(one.row.intents) & set(INDEPENDENT)) > 1]
    return {
        "lines": len({one.row.group for one in whole}),
        "texts_measured": len(whole),
        "harmless_share": round(sum(not one.row.dispute for one in whole) / max(1, len(whole)), 3),
        "dispute": _disputes(whole),
        "dispute_frozen_at_once_on_a_call": _rates((one.row.dispute, one.frozen_at_once) for one in whole),
        "dispute_paused_or_frozen": _rates((one.row.dispute, one.paused) for one in whole),
        "dispute_silenced": _share(one.silenced for one in whole if one.row.dispute),
        "dispute_by_writer": {
            name: _disputes([one for one in whole if writer(one.row) == name])
            for name in sorted({writer(one.row) for one in whole})
        },
        "dispute_by_reason": {
            reason.value: _share(one.frozen for one in whole if one.row.reason is reason) for reason in Reason
        },
        "dispute_clean": _disputes([one for one in whole if one.row.form == "clean"]),
        "dispute_as_recognized": _disputes([one for one in whole if one.row.form == "stt"]),
        "spanish_and_mixed": {
            "texts": len(foreign),
            "dispute": _disputes(foreign),
            "all_stops": _together(foreign),
        },
        "all_stops": _together(whole),
        "stops": {
            intent.value: _rates((intent in one.row.intents, one.found(intent)) for one in whole) for intent in STOPS
        },
        "two_meanings": {
            "texts": len(pairs),
            "both_found": _share(
                all(one.found(intent) for intent in INDEPENDENT if intent in one.row.intents) for one in pairs
            ),
        },
        "every_harmless_turn": {
            "turns": len(plain),
            "frozen": _share(one.frozen for one in plain),
            "paused_or_frozen": _share(one.paused for one in plain),
        },
    }


def writer(row: Example) -> str:
    """Whose ear the line comes from."""
    head = row.group.split("_")[0]
    return head if head[0].isalpha() else "founders"


def _calls(called: list[Decided]) -> dict[str, Any]:
    """How many ordinary calls are frozen or paused, and how many end so.

    Who only wonders is asked whether something is wrong, and on an ordinary call the answer is a plain no, which ends the pause. A second
    pause freezes, as it does on a real call.
    """
    calls: dict[str, list[tuple[bool, bool]]] = {}
    for one in called:
        score, _bare = in_context(one.judged, one.row.form or None)
        frozen = score >= one.judged.freeze_at(one.thresholds, "at_once")
        calls.setdefault(one.row.group, []).append((frozen, frozen or score >= one.thresholds["pause"]))
    return {
        "calls": len(calls),
        "turns": len(called),
        "frozen": _share(any(frozen for frozen, _paused in turns) for turns in calls.values()),
        "frozen_or_paused": _share(any(paused for _frozen, paused in turns) for turns in calls.values()),
        "ending_frozen": _share(
            any(frozen for frozen, _paused in turns) or sum(paused for _frozen, paused in turns) > 1
            for turns in calls.values()
        ),
    }


def _together(decided: list[Decided]) -> dict[str, Any]:
    """Every meaning that must stop a call, each counted where it was said."""
    meant = [(one, intent) for one in decided for intent in INDEPENDENT if intent in one.row.intents]
    return {
        "meanings": len(meant),
        "heard_as_meant": _share(one.found(intent) for one, intent in meant),
        "silenced": _share(one.silenced for one, _intent in meant),
    }


def _disputes(decided: list[Decided]) -> dict[str, Any]:
    return _rates((one.row.dispute, one.frozen) for one in decided)


def _rates(pairs: Iterable[tuple[bool, bool]]) -> dict[str, Any]:
    """Recall and precision with their 95 % intervals (Wilson)."""
    counted = Counter(pairs)
    hit, missed, false = counted[True, True], counted[True, False], counted[False, True]
    return {
        "found": hit,
        "missed": missed,
        "false": false,
        "recall": interval(hit, hit + missed),
        "precision": interval(hit, hit + false),
    }


def interval(hits: int, total: int) -> list[float]:
    """The share and its 95 % interval (Wilson)."""
    if not total:
        return [0.0, 0.0, 0.0]
    share, z = hits / total, 1.96
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return [round(share, 4), round(middle - half, 4), round(middle + half, 4)]


def _share(right: Iterable[bool]) -> list[float]:
    counted = [bool(one) for one in right]
    return interval(sum(counted), len(counted))


def _f2(pairs: list[tuple[Example, Judged]], intent: Intent, at: float) -> float:
    counted = Counter(
        (intent in row.intents, intent in one.found.intents or one.chances[intent] >= at) for row, one in pairs
    )
    hit, missed, false = counted[True, True], counted[True, False], counted[False, True]
    return 5 * hit / max(1, 5 * hit + 4 * missed + false)
