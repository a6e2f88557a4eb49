"""The linear stage: five times without a fifth of the lines, for measuring, and once with all of them, into ``weights.bin``.

    python -m disputes.hearing.build.train FOLDER              # both
    python -m disputes.hearing.build.train FOLDER --measure    # leaves weights.bin alone

What each left-out line looks like to the model that has not seen it goes to ``linear.npz`` in FOLDER. See ``build/README.md``.
"""

import argparse
import json
import math
import time
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from disputes.hearing import decision, rules
from disputes.hearing.build.corpus import Example, digest_of_sources, examples, ordinary_calls, templates
from disputes.hearing.build.folds import FOLDS, folds_of
from disputes.hearing.build.forms import LINEAR_OUTPUTS, measured_forms
from disputes.hearing.features import BUCKETS
from disputes.hearing.labels import INDEPENDENT, Intent
from disputes.hearing.language import language_of
from disputes.hearing.model import ANY_STOP, RARITIES, WEIGHTS, Model
from disputes.hearing.text import tokens

Array = Any


def matrix(rows: list[Example]) -> Array:
    """One row an example, 1 in each of its buckets."""
    buckets, places = [], [0]
    for row in rows:
        found = rules.find(" ".join(tokens(row.text)[: decision.WINDOW]))
        present = decision.seen_by_linear(found, language_of(row.text) != "en")
        buckets.extend(present)
        places.append(len(buckets))
    return csr_matrix((np.ones(len(buckets)), buckets, places), shape=(len(rows), BUCKETS))


def rarity_of(x: Array) -> Array:
    """How rare each bucket is among these, in the steps in which it is written down."""
    lines = np.asarray(x.sum(axis=0)).ravel()
    return np.minimum(np.rint(RARITIES * np.log((1 + x.shape[0]) / (1 + lines))), 255) / RARITIES


def fit(x: Array, rows: list[Example], strength: float) -> tuple[Array, Array, Array]:
    """Weights and biases of every output, and how rare each bucket is."""
    rarity = rarity_of(x)
    x = normalize(x @ diags(rarity)).tocsr()
    forms = Counter(row.group for row in rows)
    weight = np.array(
        [(0.5 if row.form == "prefix" else 1.0) * min(1.0, math.sqrt(6 / forms[row.group])) for row in rows]
    )
    weights, biases = np.zeros((BUCKETS, len(LINEAR_OUTPUTS))), np.full(len(LINEAR_OUTPUTS), -20.0)
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
        column = LINEAR_OUTPUTS.index(f"has:{intent}")
        weights[:, column], biases[column] = one.coef_[0], one.intercept_[0]
    column = LINEAR_OUTPUTS.index(ANY_STOP)
    weights[:, column], biases[column] = _any_stop(x, rows)
    return weights * rarity[:, None], biases, rarity


def _any_stop(x: Array, rows: list[Example]) -> tuple[Array, float]:
    """Whether anything stops the call. What it clears nobody hears again, so an unheard stop weighs eight times a needless look."""
    target = np.array([bool({*row.intents} & {*INDEPENDENT}) for row in rows])
    weight = np.array([0.5 if row.form == "prefix" else 1.0 for row in rows]) * np.where(target, 8.0, 1.0)
    one = LogisticRegression(C=2.0, max_iter=400, solver="liblinear")
    one.fit(x, target, sample_weight=weight)
    return one.coef_[0], float(one.intercept_[0])


def _softmax(x: Array, names: list[str], weight: Array, strength: float, weights: Array, biases: Array) -> None:
    many = LogisticRegression(C=strength, max_iter=100, tol=1e-3)
    many.fit(x, names, sample_weight=weight)
    for row, name in enumerate(many.classes_):
        column = LINEAR_OUTPUTS.index(str(name))
        weights[:, column], biases[column] = many.coef_[row], many.intercept_[row]


def packed(weights: Array, biases: Array, rarity: Array, version: str) -> tuple[Model, bytes]:
    """The model as it will be read back, in bytes of one weight each."""
    scales = np.maximum(np.abs(weights).max(axis=0) / 127.0, 1e-9)
    whole = np.clip(np.rint(weights / scales), -127, 127).astype(np.int16) + 128
    body = whole.astype(np.uint8)
    plain_scales = [float(f"{value:.8g}") for value in scales]
    plain_biases = [round(float(value), 5) for value in biases]
    head = {"version": version, "outputs": LINEAR_OUTPUTS, "scales": plain_scales, "biases": plain_biases}
    model = Model(version, LINEAR_OUTPUTS, np.array(plain_scales), np.array(plain_biases), body, rarity)
    rare = np.rint(rarity * RARITIES).astype(np.uint8)
    return model, zlib.compress(json.dumps(head).encode() + b"\n" + rare.tobytes() + body.tobytes(), 9)


def held_out(rows: list[Example], x: Array, strength: float) -> tuple[Array, Array]:
    """The outputs for every measured form, by a model that has not seen its line; and for all turns of calls, by each."""
    lines = list(templates())
    fold_of = folds_of(lines)
    folds = np.array([fold_of[row.group] for row in rows])
    shown = measured_forms(lines)
    turns = [text for call in ordinary_calls() for _asked, text in call]
    found, called = np.zeros((len(shown), len(LINEAR_OUTPUTS))), np.zeros((FOLDS, len(turns), len(LINEAR_OUTPUTS)))
    for fold in range(FOLDS):
        began, seen = time.monotonic(), folds != fold
        made = fit(x[seen], [row for row, kept in zip(rows, seen, strict=True) if kept], strength)
        model, _raw = packed(*made, "cross-validation")
        for at, row in enumerate(shown):
            if fold_of[row.group] == fold:
                found[at] = list(decision.first_look(row.text, model).logits.values())
        called[fold] = [list(decision.first_look(text, model).logits.values()) for text in turns]
        print(f"linear, fold {fold}: {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201
    return found, called


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--measure", action="store_true", help="write no weights.bin")
    parser.add_argument("--weights", action="store_true", help="only write weights.bin")
    parser.add_argument("--strength", type=float, default=15.0, help="inverse regularization")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    rows, digest = examples(), digest_of_sources()
    x = matrix(rows)
    if not options.weights:
        logits, called = held_out(rows, x, options.strength)
        np.savez(options.folder / "linear.npz", logits=logits, calls=called, digest=digest)
    if not options.measure:
        _model, raw = packed(*fit(x, rows, options.strength), f"linear-{digest[:10]}")
        WEIGHTS.write_bytes(raw)


if __name__ == "__main__":
    main()
