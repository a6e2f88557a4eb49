"""The linear model: one file of weights, read once, scored by numpy.

File: zlib over one JSON line (version, outputs, scales, biases, thresholds) and one unsigned byte a bucket and output,
128 meaning nothing. Built by ``disputes/hearing/build``.
"""

import json
import math
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from disputes.hearing.features import BUCKETS

WEIGHTS = Path(__file__).with_name("weights.bin")
_NOTHING = 128


class ModelMissing(RuntimeError):
    """The hearing model is not there or not readable. Nobody is called without it."""


@dataclass(frozen=True, slots=True)
class Model:
    """``outputs`` are named ``intent:…`` (one of them), ``has:…`` (each on its own) and ``reason:…`` (one, of disputes).

    ``rows``: one a bucket, one byte an output. ``scales`` and ``biases``: one an output.
    """

    version: str
    outputs: tuple[str, ...]
    scales: Any
    biases: Any
    rows: Any

    def logits(self, buckets: list[int]) -> dict[str, float]:
        """One number an output: the sum of its weights over the buckets, by the root of their count."""
        sums = self.rows[buckets].sum(axis=0, dtype="int32") - _NOTHING * len(buckets)
        found = sums * (self.scales / math.sqrt(len(buckets))) + self.biases
        return dict(zip(self.outputs, found.tolist(), strict=True))


@cache
def model() -> Model:
    """The model of this installation. Raises :class:`ModelMissing`."""
    return read(WEIGHTS)


def read(path: Path) -> Model:
    import numpy as np

    try:
        raw = zlib.decompress(path.read_bytes())
        end = raw.index(b"\n")
        head = json.loads(raw[:end])
        outputs = tuple(head["outputs"])
        width = len(outputs)
        if len(raw) - end - 1 != BUCKETS * width:
            raise ModelMissing(f"{path.name} is not as long as its own description says")
        rows = np.frombuffer(raw, dtype=np.uint8, offset=end + 1).reshape(BUCKETS, width)
        return Model(head["version"], outputs, np.array(head["scales"]), np.array(head["biases"]), rows)
    except (OSError, ValueError, KeyError, zlib.error) as error:
        raise ModelMissing(
            f"the hearing model {path.name} cannot be read ({error}); restore it from the repository"
        ) from error


def sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, value))))
