"""Builds ``weights.bin`` from the training lines and measures it by grouped cross-validation.

Needs scikit-learn and numpy in an environment of its own, never in the product's:

    python -m venv /tmp/hearing && /tmp/hearing/bin/pip install "scikit-learn>=1.5"
    PYTHONPATH=. /tmp/hearing/bin/python -m disputes.hearing.build.train            # measures, then writes weights.bin
    PYTHONPATH=. /tmp/hearing/bin/python -m disputes.hearing.build.train --measure  # measures only

The figures go to ``report.json`` beside this file.
"""

import argparse
import hashlib
import json
import math
import sys
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from disputes.hearing import decision, rules
from disputes.hearing.build.corpus import Example, digest_of_sources, examples
from disputes.hearing.build.measure import figures, thresholds_from
from disputes.hearing.features import BUCKETS, features
from disputes.hearing.labels import INDEPENDENT, Intent, Reason
from disputes.hearing.model import WEIGHTS, Model
from disputes.hearing.text import tokens

FOLDS = 5
REPORT = Path(__file__).with_name("report.json")
OUTPUTS = (
    *(f"intent:{intent}" for intent in Intent),
    *(f"has:{intent}" for intent in INDEPENDENT),
    *(f"reason:{reason}" for reason in Reason),
)
Array = Any


def matrix(rows: list[Example]) -> Array:
    """One row an example: its buckets, each as 1 by the root of their count, exactly as :mod:`disputes.hearing.model` scores them."""
    buckets, places, values = [], [0], []
    for row in rows:
        found = rules.find(" ".join(tokens(row.text)[: decision.WINDOW]))
        present = features(found.masked.split(), decision.marks_of(found))
        buckets.extend(present)
        values.extend([1.0 / np.sqrt(len(present))] * len(present))
        places.append(len(buckets))
    return csr_matrix((values, buckets, places), shape=(len(rows), BUCKETS))


def fit(x: Array, rows: list[Example], strength: float) -> tuple[Array, Array]:
    """Weights and biases of every output."""
    forms = Counter(row.group for row in rows)
    weight = np.array(
        [(0.5 if row.form == "prefix" else 1.0) * min(1.0, math.sqrt(6 / forms[row.group])) for row in rows]
    )
    weights, biases = np.zeros((BUCKETS, len(OUTPUTS))), np.full(len(OUTPUTS), -20.0)
    whole = np.array([row.form != "prefix" or row.dispute for row in rows])
    _softmax(
        x[whole],
        [f"intent:{row.intent}" for row, kept in zip(rows, whole, strict=True) if kept],
        weight[whole],
        strength,
        weights,
        biases,
    )
    disputed = np.array([row.dispute and row.form != "prefix" for row in rows])
    reasons = [f"reason:{row.reason}" for row, kept in zip(rows, disputed, strict=True) if kept]
    _softmax(x[disputed], reasons, weight[disputed], strength, weights, biases)
    for intent in INDEPENDENT:
        target = np.array([intent in row.intents for row in rows])
        used = np.array([row.form != "prefix" or intent is Intent.DISPUTE or intent not in row.intents for row in rows])
        one = LogisticRegression(C=strength, max_iter=400, solver="liblinear")
        more = 1.5 if intent is Intent.DISPUTE else math.sqrt(len(target) / target.sum())
        one.fit(x[used], target[used], sample_weight=(weight * np.where(target, more, 1.0))[used])
        column = OUTPUTS.index(f"has:{intent}")
        weights[:, column], biases[column] = one.coef_[0], one.intercept_[0]
    return weights, biases


def _softmax(x: Array, names: list[str], weight: Array, strength: float, weights: Array, biases: Array) -> None:
    many = LogisticRegression(C=strength, max_iter=100, tol=1e-3)
    many.fit(x, names, sample_weight=weight)
    for row, name in enumerate(many.classes_):
        column = OUTPUTS.index(str(name))
        weights[:, column], biases[column] = many.coef_[row], many.intercept_[row]


def packed(weights: Array, biases: Array, thresholds: dict[str, float], version: str) -> tuple[Model, bytes]:
    """The model as it will be read back, in bytes of one weight each."""
    scales = np.maximum(np.abs(weights).max(axis=0) / 127.0, 1e-9)
    whole = np.clip(np.rint(weights / scales), -127, 127).astype(np.int16) + 128
    body = whole.astype(np.uint8).tobytes()
    width = len(OUTPUTS)
    plain_scales = tuple(float(f"{value:.8g}") for value in scales)
    plain_biases = tuple(round(float(value), 5) for value in biases)
    head = {
        "version": version,
        "outputs": OUTPUTS,
        "scales": plain_scales,
        "biases": plain_biases,
        "thresholds": thresholds,
    }
    empty = bytes([128]) * width
    rows = tuple(b"" if (row := body[start : start + width]) == empty else row for start in range(0, len(body), width))
    model = Model(version, OUTPUTS, plain_scales, plain_biases, thresholds, rows)
    return model, zlib.compress(json.dumps(head).encode() + b"\n" + body, 9)


def cross_validated(rows: list[Example], strength: float) -> dict[str, Any]:
    """Every example heard once by a model that has not seen its template."""
    x = matrix(rows)
    fold_of = {
        group: int(hashlib.sha256(group.encode()).hexdigest(), 16) % FOLDS for group in {row.group for row in rows}
    }
    folds = np.array([fold_of[row.group] for row in rows])
    judged: list[Any] = [None] * len(rows)
    for fold in range(FOLDS):
        seen = folds != fold
        weights, biases = fit(x[seen], [row for row, kept in zip(rows, seen, strict=True) if kept], strength)
        model, _raw = packed(weights, biases, {}, "cross-validation")
        for index in np.flatnonzero(~seen):
            judged[index] = decision.judge(tokens(rows[index].text), model)
    return figures(rows, judged, thresholds_from(rows, judged))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--measure", action="store_true", help="measure only, write nothing")
    parser.add_argument("--weights", action="store_true", help="do not measure; keep the thresholds of report.json")
    parser.add_argument("--strength", type=float, default=30.0, help="inverse regularization")
    options = parser.parse_args()
    rows = examples()
    if options.weights:
        report = json.loads(REPORT.read_text(encoding="utf-8"))
    else:
        report = cross_validated(rows, options.strength)
        report["sources_sha256"] = digest_of_sources()
        sys.stdout.write(json.dumps(report, indent=1) + "\n")
    if options.measure:
        return
    if report["sources_sha256"] != digest_of_sources():
        parser.error("report.json was measured on other sources; measure again")
    weights, biases = fit(matrix(rows), rows, options.strength)
    _model, raw = packed(weights, biases, report["thresholds"], f"linear-{digest_of_sources()[:10]}")
    WEIGHTS.write_bytes(raw)
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
