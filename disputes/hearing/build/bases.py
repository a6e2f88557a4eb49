"""The two published encoders we begin with, cut down to English and Spanish and to what fits: their weights, and how they cut words.

``minilm``: all-MiniLM-L6-v2 (Apache-2.0), six layers that grew up on English; Spanish is read to it word by word (``gloss``).
``e5``: multilingual-e5-small (MIT), twelve layers of which the lowest ten are kept, with Spanish of its own; published in four bits a
weight. Both keep their pieces of words in four bits, as the product does (``fours``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from disputes.hearing.build.fours import from_fours, in_fours
from disputes.hearing.gloss import gloss
from disputes.hearing.unigram import Unigram
from disputes.hearing.wordpiece import Pieces

Array = Any


@dataclass(frozen=True)
class Base:
    """A published encoder, and how it is taught."""

    name: str
    layers: int
    frozen: int  # the lowest layers, which stay as published
    in_fours: int  # of them those that were published in four bits a weight
    rate: float
    cut: Callable[[str, int], list[int]]  # ids of a text, that many at most; 0 is padding
    weights: dict[str, Array]  # as BERT names them


def minilm(folder: Path, vocabulary: Path) -> Base:
    """``folder``: the published files. ``vocabulary``: the pieces that are kept, a line each."""
    from safetensors.numpy import load_file

    found = {name.removeprefix("bert."): value for name, value in load_file(folder / "model.safetensors").items()}
    all_pieces = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")[:-1]
    place = {piece: at for at, piece in enumerate(all_pieces)}
    kept = vocabulary.read_text(encoding="utf-8").split("\n")[:-1]
    table = found["embeddings.word_embeddings.weight"][[place[piece] for piece in kept]]
    found["embeddings.word_embeddings.weight"] = from_fours(*in_fours(table))
    pieces = Pieces.read(vocabulary)
    return Base("minilm", 6, 2, 0, 1.2e-4, lambda text, most: pieces.of(gloss(text), most), found)


def e5(published: Path, vocabulary: Path) -> Base:
    """``published``: the four-bit file. ``vocabulary``: the pieces that are kept, each with its likelihood."""
    all_pieces, found = read_e5(published)
    place = {piece: at for at, (piece, _likely) in enumerate(all_pieces)}
    unigram = Unigram.read(vocabulary)
    found["embeddings.word_embeddings.weight"] = found["embeddings.word_embeddings.weight"][
        [place[piece] for piece in unigram.in_order]
    ]
    return Base("e5", 10, 4, 4, 1.5e-4, unigram.of, found)


def read_e5(path: Path) -> tuple[list[tuple[str, float]], dict[str, Array]]:
    """Pieces with their log-likelihoods, and the weights, of the file ``e5-small-q4.bin`` (little-endian).

    A head of ten numbers, the pieces of words, a table of normal forms, a directory of the weights, the weights: in blocks of 32 along the
    inputs, a half-precision scale and 32 times four bits, or as plain floats.
    """
    raw = memoryview(path.read_bytes())
    if bytes(raw[:4]) != b"E5S1":
        raise ValueError(f"{path.name} is not the published file")
    width, layers, _heads, inner = np.frombuffer(raw, "<i4", 4, 8).tolist()
    at = 8 + 9 * 4
    (count,) = np.frombuffer(raw, "<i4", 1, at).tolist()
    (length,) = np.frombuffer(raw, "<u8", 1, at + 20).tolist()
    at += 28
    ends = np.frombuffer(raw, "<u4", count + 1, at).tolist()
    likely = np.frombuffer(raw, "<f4", count, at + 4 * (count + 1)).tolist()
    at += 4 * (2 * count + 1)
    words = bytes(raw[at : at + length])
    pieces = [words[start:end].decode("utf-8", "replace") for start, end in pairwise(ends)]
    (forms,) = np.frombuffer(raw, "<u4", 1, at + length + 4).tolist()
    directory = _directory(raw, at + length + 8 + forms)

    def plain(name: str) -> Array:
        offset, size = directory[name]
        return np.frombuffer(raw, "<f4", size // 4, offset).copy()

    def packed(name: str, inputs: int) -> Array:
        offset, size = directory[name]
        blocks = np.frombuffer(raw, np.uint8, size, offset).reshape(-1, inputs // 32, 18)
        return from_fours(blocks[:, :, 2:], blocks[:, :, :2].copy().view("<f2")[:, :, 0])

    found = {
        "embeddings.word_embeddings.weight": packed("emb.word", width),
        "embeddings.position_embeddings.weight": plain("emb.pos").reshape(-1, width),
        "embeddings.token_type_embeddings.weight": plain("emb.type").reshape(-1, width),
        "embeddings.LayerNorm.weight": plain("emb.ln.w"),
        "embeddings.LayerNorm.bias": plain("emb.ln.b"),
    }
    for number in range(layers):
        for theirs, ours in _E5_LAYER.items():
            name = f"encoder.layer.{number}.{ours}"
            found[f"{name}.bias"] = plain(f"l{number}.{theirs}.b")
            whole = f"l{number}.{theirs}.w"
            found[f"{name}.weight"] = (
                plain(whole) if "LayerNorm" in ours else packed(whole, inner if theirs == "fo" else width)
            )
    return list(zip(pieces, likely, strict=True)), found


_E5_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def _directory(raw: memoryview, at: int) -> dict[str, tuple[int, int]]:
    """Where each weight begins, and how many bytes it has."""
    (count,) = np.frombuffer(raw, "<i4", 1, at).tolist()
    at += 4
    found = {}
    for _ in range(count):
        (length,) = np.frombuffer(raw, "<u2", 1, at).tolist()
        name = bytes(raw[at + 2 : at + 2 + length]).decode()
        at += 2 + length + 5
        offset, size = np.frombuffer(raw, "<u8", 2, at).tolist()
        found[name] = (offset, size)
        at += 16
    return found
