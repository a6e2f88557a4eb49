"""Puts both stages and the rules together, measures them on lines none of them has seen, and writes what the product reads.

    python -m disputes.hearing.build.assemble FOLDER             # measures, then writes encoder_files/ and report.json
    python -m disputes.hearing.build.assemble FOLDER --measure   # measures only

Everything that is fitted (the weighing of the judges, the thresholds) is fitted five times without a fold and measured on
that fold; what is shipped is fitted on all of them. See ``build/README.md``.
"""

import argparse
import json
import math
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from disputes.hearing import rules
from disputes.hearing.build.corpus import Example, digest_of_sources, ordinary_calls, templates
from disputes.hearing.build.folds import FOLDS, folds_of, unseen_by
from disputes.hearing.build.forms import LINEAR_OUTPUTS, OUTPUTS, measured_forms
from disputes.hearing.build.measure import NATURAL, ORDINARY, Decided, figures, interval, thresholds_from, writer
from disputes.hearing.decision import First, Judged, Logits, weighed, weighed_as
from disputes.hearing.encoder import FIRST, FOLDER, SECOND, VOCABULARIES, Stack, Weights
from disputes.hearing.labels import INDEPENDENT, Intent
from disputes.hearing.language import language_of
from disputes.hearing.text import tokens

REPORT = Path(__file__).with_name("report.json")
MOST_WRONG, MOST_WRONG_BESIDE = 1 / 20, 1 / 12  # of what a rule says is a dispute, and of what it says is another stop
HALF = 0.5  # right and wrong each, which every rule about disputes begins with
MOST_UNASKED = 0.003  # of all stops: so few that the first encoder finds harmless and the second is not asked about
NATURALLY = (
    10.0  # times a line in natural proportions counts beside one written to mislead, where the judges are weighed
)
MOST_CLEARED = 0.0015  # of the disputes and of all stops; a fold of which nothing was seen loses up to twice as many
Array = Any
ENCODERS = (FIRST, SECOND)
Close = tuple[Logits, ...]  # what each encoder said, in this order


class Stale(SystemExit):
    """What lies in the folder was made of other lines than those that are here."""


@dataclass(frozen=True)
class Fit:
    """What is fitted on judgments of unseen lines."""

    stack: Stack
    quick_stack: Stack
    thresholds: dict[str, float]
    doubted: frozenset[str]


@dataclass(frozen=True)
class HeldOut:
    """Texts, the fold each was left out of, and what both stages said that had not seen it."""

    rows: list[Example]
    folds: Array
    firsts: list[First]
    close: list[Close]

    def only(self, kept: Array) -> "HeldOut":
        at = [int(one) for one in np.flatnonzero(kept)]
        rows, firsts, close = [self.rows[i] for i in at], [self.firsts[i] for i in at], [self.close[i] for i in at]
        return HeldOut(rows, self.folds[kept], firsts, close)


def lines_held_out(folder: Path) -> HeldOut:
    lines = list(templates())
    fold_of = folds_of(lines)
    rows = measured_forms(lines)
    folds = np.array([fold_of[row.group] for row in rows])
    close = {name: np.zeros((len(rows), len(OUTPUTS))) for name in ENCODERS}
    for name, into in close.items():
        for fold in range(FOLDS):
            into[folds == fold] = _stored(folder / f"{name}-{fold}.npz")["logits"]
    return _held_out(rows, folds, _stored(folder / "linear.npz")["logits"], close)


def calls_held_out(folder: Path) -> HeldOut:
    """The turns of ordinary calls, none of them a line; where a line is much like one, by judges that had not seen that line."""
    lines, calls = list(templates()), ordinary_calls()
    turns = [(f"call:{at}", asked, text) for at, call in enumerate(calls) for asked, text in call]
    rows = [Example(text, (Intent.OTHER,), None, group, asked or "", "en") for group, asked, text in turns]
    folds = np.array(unseen_by(lines, folds_of(lines), [text for _group, _asked, text in turns]))
    linear = _stored(folder / "linear.npz")["calls"]
    pick = range(len(turns))
    close = {}
    for name in ENCODERS:
        said = [_stored(folder / f"{name}-{fold}.npz")["calls"] for fold in range(FOLDS)]
        close[name] = np.array([said[folds[at]][at] for at in pick])
    return _held_out(rows, folds, np.array([linear[folds[at]][at] for at in pick]), close)


def _held_out(rows: list[Example], folds: Array, linear: Array, close: dict[str, Array]) -> HeldOut:
    firsts = []
    for row, logits in zip(rows, linear, strict=True):
        said = " ".join(tokens(row.text))
        outputs = dict(zip(LINEAR_OUTPUTS, logits.tolist(), strict=True))
        firsts.append(First(said, rules.find(said), outputs, language_of(row.text) != "en"))
    named = ([dict(zip(OUTPUTS, one.tolist(), strict=True)) for one in close[name]] for name in ENCODERS)
    return HeldOut(rows, folds, firsts, list(zip(*named, strict=True)))


def _stored(path: Path) -> Any:
    stored = np.load(path)
    if str(stored["digest"]) != digest_of_sources():
        raise Stale(f"{path.name} was made of other lines; make it again")
    return stored


def clearing(given: HeldOut) -> float:
    """Below this score of the linear stage nothing stops a call: as high as the fewest of these, unseen by it, allow."""
    clearable = [
        (row.dispute, math.inf if first.settled or first.found.rule_ids or first.found.pulled else first.stops)
        for row, first in zip(given.rows, given.firsts, strict=True)
        if row.form != "prefix" and set(row.intents) & set(INDEPENDENT)
    ]
    disputes = sorted(score for dispute, score in clearable if dispute)
    stops = sorted(score for _dispute, score in clearable)
    return round(min(kind[int(MOST_CLEARED * len(kind))] for kind in (disputes, stops)) - 0.001, 3)


def marking(given: HeldOut) -> float:
    """Above this linear score half a sentence is worth a closer hearing: 98 in 100 of those that begin a dispute."""
    pairs = zip(given.rows, given.firsts, strict=True)
    scores = sorted(first.stops for row, first in pairs if row.form == "prefix" and row.dispute)
    return round(float(scores[int(0.02 * len(scores))]), 3)


def harmless(given: HeldOut, fit: Fit) -> float:
    """Where the first encoder finds every stop less likely than this, the second is not asked: few of these, unseen by it, are stops."""
    chances = []
    for row, first, close in zip(given.rows, given.firsts, given.close, strict=True):
        if (
            row.form != "prefix"
            and set(row.intents) & set(INDEPENDENT)
            and not first.is_cleared(fit.thresholds["clear"])
        ):
            quick = weighed(first, close[:1], fit.quick_stack, fit.doubted)
            if not quick.found.rule_ids and not quick.found.pulled:
                chances.append(max(quick.chances.values()))
            else:
                chances.append(1.0)
    return round(sorted(chances)[int(MOST_UNASKED * len(chances))], 4)


def stack_of(given: HeldOut, *, quick: bool) -> Stack:
    """Weights for English and for lines with Spanish in them; ``quick``: of the first encoder alone, for half sentences."""
    made: Stack = {}
    for intent in INDEPENDENT:
        used = [
            (
                _seen_by(first, one[:1] if quick else one, intent),
                intent in row.intents,
                first.foreign,
                NATURALLY if writer(row) in NATURAL else 1.0,
            )
            for row, first, one in zip(given.rows, given.firsts, given.close, strict=True)
            if row.form != "prefix" or (quick and intent is Intent.DISPUTE)
        ]
        for foreign in (False, True):
            # Spanish lines are too few to be weighed alone, and are counted tenfold among the rest.
            weight = [usual * (1.0 if foreign_one is foreign else 0.1) for _x, _y, foreign_one, usual in used]
            made[weighed_as(intent, foreign)] = _weights(used, weight)
    return made


def _weights(used: list[tuple[list[float], bool, bool, float]], weight: list[float]) -> Weights:
    fitted = LogisticRegression(C=3.0, max_iter=500)
    fitted.fit(np.array([one[0] for one in used]), np.array([one[1] for one in used]), sample_weight=weight)
    *encoders, linear, sure, pulled = (round(float(value), 4) for value in fitted.coef_[0])
    encoder, second = (*encoders, 0.0)[:2]
    bias = round(float(fitted.intercept_[0]), 4)
    return Weights(max(encoder, 0.0), max(second, 0.0), max(linear, 0.0), max(sure, 0.0), min(pulled, 0.0), bias)


def _seen_by(first: First, close: Close, intent: Intent) -> list[float]:
    linear = max(-8.0, min(8.0, first.logits[f"has:{intent}"]))
    heard = [one[f"has:{intent}"] for one in close]
    return [*heard, linear, float(intent in first.found.intents), float(first.taken_back)]


def doubted_by(given: HeldOut) -> frozenset[str]:
    """The rules that were wrong too often, or said too little to know: they are heard, and not believed by themselves."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for row, first in zip(given.rows, given.firsts, strict=True):
        if row.form == "clean" and not first.settled:
            for rule_id in first.found.rule_ids:
                if (meaning := _meaning_of(rule_id)) in INDEPENDENT:
                    (right if meaning in row.intents else wrong)[rule_id] += 1
    said = right + wrong
    disputes = {one for one in said if _meaning_of(one) == Intent.DISPUTE}
    return frozenset(
        {one for one in disputes if wrong[one] + HALF > (said[one] + 2 * HALF) * MOST_WRONG}
        | {one for one in said.keys() - disputes if wrong[one] > said[one] * MOST_WRONG_BESIDE}
    )


def _meaning_of(rule_id: str) -> str:
    return rule_id.split(".")[1]


def judged_by(given: HeldOut, fit: Fit) -> list[Judged]:
    """As the call judges them: each encoder only where it would be asked, half a sentence by the first alone."""
    found = []
    for row, first, close in zip(given.rows, given.firsts, given.close, strict=True):
        if row.form == "prefix":
            asked = not first.settled and (bool(first.found.intents) or first.stops >= fit.thresholds["mark"])
            found.append(weighed(first, close[:1] if asked else (), fit.quick_stack, fit.doubted))
            continue
        asked = not first.settled and not first.is_cleared(fit.thresholds["clear"])
        quick = weighed(first, close[:1] if asked else (), fit.quick_stack, fit.doubted)
        twice = asked and not quick.is_harmless(fit.thresholds["harmless"])
        found.append(weighed(first, close, fit.stack, fit.doubted) if twice else quick)
    return found


def fitted(given: HeldOut) -> Fit:
    """Weighing, thresholds and doubts from these."""
    stack, quick = stack_of(given, quick=False), stack_of(given, quick=True)
    fit = Fit(stack, quick, {"clear": clearing(given), "mark": marking(given)}, doubted_by(given))
    fit.thresholds["harmless"] = harmless(given, fit)
    return replace(fit, thresholds=thresholds_from(given.rows, judged_by(given, fit)) | fit.thresholds)


def measured(lines: HeldOut, calls: HeldOut) -> dict[str, Any]:
    decided: list[Decided] = []
    called: list[Decided] = []
    cleared: list[tuple[Example, bool]] = []
    on_calls: list[bool] = []
    for fold in range(FOLDS):
        fit = fitted(lines.only(lines.folds != fold))
        for held, into in ((lines.only(lines.folds == fold), decided), (calls.only(calls.folds == fold), called)):
            judged = judged_by(held, fit)
            into += [Decided(row, one, fit.thresholds) for row, one in zip(held.rows, judged, strict=True)]
            was = [first.is_cleared(fit.thresholds["clear"]) for first in held.firsts]
            if into is called:
                on_calls += was
            else:
                cleared += [pair for pair in zip(held.rows, was, strict=True) if pair[0].form != "prefix"]
    return figures(decided, called) | {"first_stage": _cleared(cleared, on_calls)}


def _cleared(lines: list[tuple[Example, bool]], on_calls: list[bool]) -> dict[str, Any]:
    """What the linear stage lets pass without the encoder: as many ordinary sentences, and as few that stop a call, as can be."""
    disputes = [was for row, was in lines if row.dispute]
    stops = [was for row, was in lines if {*row.intents} & {*INDEPENDENT}]
    harmless = [was for row, was in lines if not {*row.intents} & {*INDEPENDENT}]
    ordinary = [was for row, was in lines if row.group.startswith(ORDINARY)]
    return {
        "disputes_cleared": interval(sum(disputes), len(disputes)),
        "stops_cleared": interval(sum(stops), len(stops)),
        "harmless_cleared": interval(sum(harmless), len(harmless)),
        "ordinary_cleared": interval(sum(ordinary), len(ordinary)),
        "turns_of_ordinary_calls_cleared": interval(sum(on_calls), len(on_calls)),
        "finals_cleared": interval(sum(was for _row, was in lines), len(lines)),
        "disputes": len(disputes),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--measure", action="store_true", help="measure only, write nothing")
    parser.add_argument("--minilm", type=Path, help="the folder of the published files of MiniLM")
    parser.add_argument("--e5", type=Path, help="the published file of E5")
    for name in ENCODERS:
        parser.add_argument(f"--ship-{name}", default="all.pt", help="which is shipped: all.pt, or N.onnx of a fold")
    options = parser.parse_args()
    lines = lines_held_out(options.folder)
    report = measured(lines, calls_held_out(options.folder))
    fit = fitted(lines)
    shipped = {name: getattr(options, f"ship_{name}") for name in ENCODERS}
    report |= {
        "encoders": shipped,
        "thresholds": fit.thresholds,
        "doubted": sorted(fit.doubted),
        "sources_sha256": digest_of_sources(),
    }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    if options.measure:
        return
    from disputes.hearing.build.bases import e5, minilm
    from disputes.hearing.build.export import written

    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    bases = {
        FIRST: minilm(options.minilm, FOLDER / VOCABULARIES[FIRST]),
        SECOND: e5(options.e5, FOLDER / VOCABULARIES[SECOND]),
    }
    stacks = {"stack": fit.stack, "quick_stack": fit.quick_stack}
    taught = {name: options.folder / f"{name}-{state}" for name, state in shipped.items()}
    written(taught, bases, FOLDER, stacks, fit.thresholds, sorted(fit.doubted))


if __name__ == "__main__":
    main()
