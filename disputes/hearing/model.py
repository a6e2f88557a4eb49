"""The linear model: one file of weights, read once, scored in plain Python.

File: zlib over one JSON line (version, outputs, scales, biases, thresholds) and one unsigned byte a bucket and output,
128 meaning nothing. Built by ``disputes/hearing/build``.
"""

import json
import math
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from disputes.hearing.features import BUCKETS

WEIGHTS = Path(__file__).with_name("weights.bin")
_NOTHING = 128


class ModelMissing(RuntimeError):
    """The hearing model is not there or not readable. Nobody is called without it."""


@dataclass(frozen=True, slots=True)
class Model:
    """``outputs`` are named ``intent:…`` (one of them), ``has:…`` (each on its own) and ``reason:…`` (one, of disputes)."""

    version: str
    outputs: tuple[str, ...]
    scales: tuple[float, ...]
    biases: tuple[float, ...]
    thresholds: dict[str, float]
    rows: tuple[bytes, ...]

    def logits(self, buckets: list[int]) -> dict[str, float]:
        """One number an output: the sum of its weights over the buckets, by the root of their count."""
        rows = [row for bucket in buckets if (row := self.rows[bucket])]
        if not rows:
            return dict(zip(self.outputs, self.biases, strict=True))
        nothing = _NOTHING * len(rows)
        root = 1.0 / math.sqrt(len(buckets))
        sums = map(sum, zip(*rows, strict=True))
        return {
            name: (total - nothing) * scale * root + bias
            for name, total, scale, bias in zip(self.outputs, sums, self.scales, self.biases, strict=True)
        }


@cache
def model() -> Model:
    """The model of this installation. Raises :class:`ModelMissing`."""
    return read(WEIGHTS)


def read(path: Path) -> Model:
    try:
        raw = zlib.decompress(path.read_bytes())
        end = raw.index(b"\n")
        head = json.loads(raw[:end])
        outputs = tuple(head["outputs"])
        width = len(outputs)
        if len(raw) - end - 1 != BUCKETS * width:
            raise ModelMissing(f"{path.name} is not as long as its own description says")
        empty = bytes([_NOTHING]) * width
        cut = (raw[end + 1 + bucket * width : end + 1 + (bucket + 1) * width] for bucket in range(BUCKETS))
        rows = tuple(b"" if row == empty else row for row in cut)
        return Model(head["version"], outputs, tuple(head["scales"]), tuple(head["biases"]), head["thresholds"], rows)
    except (OSError, ValueError, KeyError, zlib.error) as error:
        raise ModelMissing(
            f"the hearing model {path.name} cannot be read ({error}); restore it from the repository"
        ) from error


def sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, value))))
