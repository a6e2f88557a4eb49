"""The linear model: one file of weights, read once, scored by numpy.

File: zlib over one JSON line (version, outputs, scales, biases), one unsigned byte a bucket for how rare it is, and one unsigned byte
a bucket and output, 128 meaning nothing. Built by ``disputes/hearing/build``.
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
ANY_STOP = "stops"
RARITIES = 20  # steps to one unit of rarity, the logarithm of how many lines there are to one that has the feature
_NOTHING = 128


class ModelMissing(RuntimeError):
    """The hearing model is not there or not readable. Nobody is called without it."""


@dataclass(frozen=True, slots=True)
class Model:
    """``outputs`` are named ``intent:…`` (one of them), ``has:…`` (each on its own), ``reason:…`` (one, of disputes) and ``stops``
    (any meaning that stops a call, whichever).

    ``rows``: one a bucket, one byte an output. ``scales`` and ``biases``: one an output. ``rarity``: one a bucket; what every line
    has counts for nothing, what only a few have for much.
    """

    version: str
    outputs: tuple[str, ...]
    scales: Any
    biases: Any
    rows: Any
    rarity: Any

    def logits(self, buckets: list[int]) -> dict[str, float]:
        """One number an output: the sum of its weights over the buckets, by the length of the text in rarities."""
        sums = self.rows[buckets].sum(axis=0, dtype="int32") - _NOTHING * len(buckets)
        rare = self.rarity[buckets]
        found = sums * (self.scales / max(math.sqrt(rare @ rare), 1.0)) + self.biases
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
        if len(raw) - end - 1 != BUCKETS * (1 + width):
            raise ModelMissing(f"{path.name} is not as long as its own description says")
        rarity = np.frombuffer(raw, dtype=np.uint8, count=BUCKETS, offset=end + 1) / RARITIES
        rows = np.frombuffer(raw, dtype=np.uint8, offset=end + 1 + BUCKETS).reshape(BUCKETS, width)
        return Model(head["version"], outputs, np.array(head["scales"]), np.array(head["biases"]), rows, rarity)
    except (OSError, ValueError, KeyError, zlib.error) as error:
        raise ModelMissing(
            f"the hearing model {path.name} cannot be read ({error}); restore it from the repository"
        ) from error


def sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, value))))
