"""What the cross-validated judgments are worth: recall, precision, false alarms, by language and by meaning."""

import math
from collections import Counter
from typing import Any

from disputes.hearing.build.corpus import Example
from disputes.hearing.decision import Judged
from disputes.hearing.labels import INDEPENDENT, Intent

LEAST_PRECISION = 0.90
STOPS = tuple(intent for intent in INDEPENDENT if intent is not Intent.DISPUTE)


def thresholds_from(rows: list[Example], judged: list[Judged]) -> dict[str, float]:
    """Freeze: as low as precision allows. Pause: half of that. Each other stop where recall and precision are best together."""
    whole = [(row, one) for row, one in zip(rows, judged, strict=True) if row.form != "prefix"]
    freeze = 0.5
    for step in range(90, 9, -1):
        at = step / 100
        hits = [row.dispute for row, one in whole if one.score >= at]
        if sum(hits) / max(1, len(hits)) < LEAST_PRECISION:
            break
        freeze = at
    found = {"freeze": round(freeze, 3), "pause": round(freeze * 0.8, 3), "pause_partial": round(freeze * 0.55, 3)}
    for intent in STOPS:
        found[intent.value] = max(
            (step / 100 for step in range(40, 96, 5)), key=lambda at: (_f2(whole, intent, at), at)
        )
    return found


def figures(rows: list[Example], judged: list[Judged], thresholds: dict[str, float]) -> dict[str, Any]:
    whole = [(row, one) for row, one in zip(rows, judged, strict=True) if row.form != "prefix"]
    prefixes = [(row, one) for row, one in zip(rows, judged, strict=True) if row.form == "prefix"]
    freeze, pause = thresholds["freeze"], thresholds["pause"]
    ordinary = [(row, one) for row, one in whole if not set(row.intents) & set(INDEPENDENT)]
    return {
        "templates": len({row.group for row in rows}),
        "examples": len(rows),
        "harmless_share": round(sum(not row.dispute for row in rows) / len(rows), 3),
        "thresholds": thresholds,
        "dispute": _rates(whole, freeze),
        "dispute_paused_or_frozen": _rates(whole, pause),
        "dispute_on_prefixes_paused": _rates(prefixes, thresholds["pause_partial"]),
        "dispute_spanish_and_mixed": _rates([pair for pair in whole if pair[0].language != "en"], freeze),
        "dispute_by_rules_alone": _rates_of([(row.dispute, one.sure) for row, one in whole]),
        "ordinary_turns": len(ordinary),
        "ordinary_frozen": sum(one.score >= freeze for _row, one in ordinary),
        "ordinary_paused": sum(one.score >= pause for _row, one in ordinary),
        "stops": {
            intent.value: _rates_of(
                [(intent in row.intents, stop_found(one, intent, thresholds[intent])) for row, one in whole]
            )
            for intent in STOPS
        },
        "reasons_exact": _share([(one.found.reason or one.reason) == row.reason for row, one in whole if row.dispute]),
        "intent_right": _share([one.leading == row.intent for row, one in whole if not row.dispute]),
    }


def stop_found(one: Judged, intent: Intent, threshold: float) -> bool:
    return intent in one.found.intents or one.chances[intent] >= threshold


def _rates(pairs: list[tuple[Example, Judged]], at: float) -> dict[str, Any]:
    return _rates_of([(row.dispute, one.score >= at) for row, one in pairs])


def _rates_of(pairs: list[tuple[bool, bool]]) -> dict[str, Any]:
    """Recall and precision with their 95 % intervals (Wilson)."""
    counted = Counter(pairs)
    hit, missed, false = counted[True, True], counted[True, False], counted[False, True]
    return {
        "found": hit,
        "missed": missed,
        "false": false,
        "recall": _interval(hit, hit + missed),
        "precision": _interval(hit, hit + false),
    }


def _interval(hits: int, total: int) -> list[float]:
    if not total:
        return [0.0, 0.0, 0.0]
    share, z = hits / total, 1.96
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return [round(share, 4), round(middle - half, 4), round(middle + half, 4)]


def _share(right: list[bool]) -> float:
    return round(sum(bool(one) for one in right) / max(1, len(right)), 4)


def _f2(pairs: list[tuple[Example, Judged]], intent: Intent, at: float) -> float:
    counted = Counter((intent in row.intents, stop_found(one, intent, at)) for row, one in pairs)
    hit, missed, false = counted[True, True], counted[True, False], counted[False, True]
    return 5 * hit / max(1, 5 * hit + 4 * missed + false)
