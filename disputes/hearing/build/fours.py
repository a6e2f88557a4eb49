"""Weights in four bits: along the last axis blocks of 32 share one half-precision scale, each weight is 0 to 15, and 8 means nothing.

The low halves of a block's sixteen bytes are its first sixteen weights, the high halves the other sixteen.
"""

from typing import Any

import numpy as np

BLOCK = 32
Array = Any


def in_fours(weights: Array) -> tuple[Array, Array]:
    """Bytes (rows, blocks, 16) and scales (rows, blocks) nearest to these weights (rows, columns)."""
    blocks = weights.astype(np.float32).reshape(len(weights), -1, BLOCK)
    most = np.take_along_axis(blocks, np.abs(blocks).argmax(-1)[..., None], -1)[..., 0]
    scales = (most / -8).astype(np.float16)  # the largest of a block has a value of its own
    divided = blocks / np.where(scales == 0, 1, scales).astype(np.float32)[..., None]
    whole = np.clip(np.rint(divided) + 8, 0, 15).astype(np.uint8)
    return whole[..., :16] | whole[..., 16:] << 4, scales


def from_fours(packed: Array, scales: Array) -> Array:
    """The weights (rows, columns) that these bytes and scales stand for."""
    whole = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32) - 8
    return (whole * scales.astype(np.float32)[..., None]).reshape(len(packed), -1)
