"""From the encoders in torch to the files the product reads: ONNX graphs drawn by hand, their weights in whole numbers.

What is multiplied is kept in one byte a weight, the pieces of words in four bits (``fours``), as they were while it was taught.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper, numpy_helper

from disputes.hearing.build.bases import Base
from disputes.hearing.build.corpus import digest_of_lines, digest_of_sources, templates
from disputes.hearing.build.forms import OUTPUTS
from disputes.hearing.build.fours import BLOCK, in_fours
from disputes.hearing.build.network import HEADS, WIDTH
from disputes.hearing.build.pieces import check
from disputes.hearing.encoder import DESCRIPTION, MOST_PIECES, VOCABULARIES, WEIGHTS, Stack

SIZE = WIDTH // HEADS
WIDE_BLOCK = 128
Array = Any


class Differs(RuntimeError):
    """What the product would compute is not what was trained."""


def written(
    taught: Mapping[str, Path],
    bases: Mapping[str, Base],
    into: Path,
    stacks: Mapping[str, Stack],
    thresholds: dict[str, float],
    doubted: list[str],
) -> None:
    """Writes graphs and description. Raises :class:`Differs` if an encoder was trained on other lines than these.

    ``taught``: by name of the base an encoder in torch (``BASE-all.pt``), or the small one of a fold (``BASE-N.onnx``, beside its ``.npz``).
    """
    check(one.text for one in templates())
    for name, state in taught.items():
        if state.suffix == ".onnx":
            _taught_by_these(state, str(np.load(state.with_suffix(".npz"))["digest"]), digest_of_sources())
            (into / WEIGHTS[name]).write_bytes(state.read_bytes())
            continue
        kept = torch.load(state)
        _taught_by_these(state, kept["digest"], digest_of_lines())
        quantized({part: tensor.numpy() for part, tensor in kept["net"].items()}, bases[name], into / WEIGHTS[name])
    files = [*WEIGHTS.values(), *VOCABULARIES.values()]
    hashes = {name: hashlib.sha256((into / name).read_bytes()).hexdigest() for name in files}
    together = hashlib.sha256("".join(hashes.values()).encode()).hexdigest()
    description = {
        "version": f"two-{digest_of_sources()[:10]}-{together[:6]}",
        "bases": [
            "all-MiniLM-L6-v2 (Apache-2.0), fine-tuned on disputes/hearing/build/lines",
            "multilingual-e5-small (MIT), its lowest ten layers, fine-tuned on disputes/hearing/build/lines",
        ],
        "sources_sha256": digest_of_sources(),
        "outputs": OUTPUTS,
        "thresholds": thresholds,
        "doubted": doubted,
        **{name: {key: asdict(weights) for key, weights in stack.items()} for name, stack in stacks.items()},
        "sha256": hashes,
    }
    (into / DESCRIPTION).write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")


def _taught_by_these(state: Path, digest: str, wanted: str) -> None:
    if digest != wanted:
        raise Differs(f"{state.name} was trained on other lines; train it again")


def quantized(weights: dict[str, Array], base: Base, path: Path) -> None:
    """The pieces of words stay as they were published: they are the base's, whatever else of it was taught."""
    weights = weights | {"words.weight": base.weights["embeddings.word_embeddings.weight"]}
    onnx.save(graph(weights, base), path)


class _Drawing:
    """Nodes and constants of the graph, named as they come."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: Array) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        names = [f"n{len(self.nodes)}_{at}" for at in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def dense(self, x: str, weight: Array, bias: Array, *, fours: bool) -> str:
        """In blocks along the inputs, each with a scale of its own; what comes in is rounded in the same blocks, so that a few large
        values spoil none but their own."""
        packed, scales = _in_pairs(weight) if fours else _in_bytes(weight)
        product = self.node(
            "MatMulNBits",
            x,
            self.constant(packed),
            self.constant(scales.astype(np.float32).ravel()),
            domain="com.microsoft",
            K=weight.shape[1],
            N=weight.shape[0],
            bits=4 if fours else 8,
            block_size=BLOCK if fours else WIDE_BLOCK,
            accuracy_level=4,
        )
        return str(self.node("Add", product, self.constant(bias.astype(np.float32))))

    def norm(self, x: str, weight: Array, bias: Array) -> str:
        return str(
            self.node("LayerNormalization", x, self.constant(weight), self.constant(bias), axis=-1, epsilon=1e-12)
        )


def _in_bytes(weight: Array) -> tuple[Array, Array]:
    """One byte a weight, 128 meaning nothing."""
    blocks = weight.astype(np.float32).reshape(len(weight), -1, WIDE_BLOCK)
    scales = np.maximum(np.abs(blocks).max(-1) / 127, 1e-9)
    return (np.rint(blocks / scales[..., None]) + 128).astype(np.uint8), scales


def _in_pairs(weight: Array) -> tuple[Array, Array]:
    """Four bits a weight, exactly as published; neighbors share a byte here."""
    halves, scales = in_fours(weight)
    whole = np.concatenate([halves & 15, halves >> 4], axis=-1)
    return whole[..., ::2] | whole[..., 1::2] << 4, scales


def graph(w: dict[str, Array], base: Base) -> Any:
    """``ids`` (texts, pieces) to ``logits`` (texts, outputs). 0 is padding."""
    g = _Drawing()
    mask, share = _present(g)
    x = _embedded(g, w)
    for number in range(base.layers):
        x = _layer(
            g,
            {name.split(".", 2)[2]: value for name, value in w.items() if name.startswith(f"layers.{number}.")},
            x,
            mask,
            fours=number < base.in_fours,
        )
    one = g.constant(np.array([1], dtype=np.int64))
    total = g.node("ReduceSum", g.node("Mul", x, share), one, keepdims=0)
    pooled = g.node("Div", total, g.node("ReduceSum", share, one, keepdims=0))
    out = g.node("Gemm", pooled, g.constant(w["head.weight"].T), g.constant(w["head.bias"]))
    g.nodes.append(helper.make_node("Identity", [out], ["logits"]))
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "pieces"])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", len(OUTPUTS)])
    made = helper.make_graph(g.nodes, "hearing", [ids], [logits], g.constants)
    return helper.make_model(
        made, opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)], ir_version=9
    )


def _present(g: _Drawing) -> tuple[str, str]:
    """What attention adds to each place, and the places that count in the mean."""
    zero = g.constant(np.array(0, dtype=np.int64))
    absent = g.node("Cast", g.node("Equal", "ids", zero), to=TensorProto.FLOAT)
    mask = g.node("Mul", absent, g.constant(np.array(-1e4, dtype=np.float32)))
    mask = g.node("Unsqueeze", mask, g.constant(np.array([1, 2], dtype=np.int64)))
    present = g.node("Sub", g.constant(np.array(1, dtype=np.float32)), absent)
    return str(mask), str(g.node("Unsqueeze", present, g.constant(np.array([2], dtype=np.int64))))


def _embedded(g: _Drawing, w: dict[str, Array]) -> str:
    packed, scales = in_fours(w["words.weight"])
    halves = g.node("Gather", g.constant(packed), "ids")
    low = g.node("BitwiseAnd", halves, g.constant(np.array(15, dtype=np.uint8)))
    high = g.node("BitShift", halves, g.constant(np.array(4, dtype=np.uint8)), direction="RIGHT")
    whole = g.node("Cast", g.node("Concat", low, high, axis=-1), to=TensorProto.FLOAT)
    whole = g.node("Sub", whole, g.constant(np.array(8, dtype=np.float32)))
    scale = g.node("Cast", g.node("Gather", g.constant(scales), "ids"), to=TensorProto.FLOAT)
    scale = g.node("Unsqueeze", scale, g.constant(np.array([-1], dtype=np.int64)))
    rows = g.node("Reshape", g.node("Mul", whole, scale), g.constant(np.array([0, 0, -1], dtype=np.int64)))
    places = g.constant((w["places.weight"][:MOST_PIECES] + w["kind"]).astype(np.float32))
    length = g.node("Slice", g.node("Shape", "ids"), *(g.constant(np.array([at], dtype=np.int64)) for at in (1, 2)))
    placed = g.node("Slice", places, g.constant(np.array([0], dtype=np.int64)), length)
    return g.norm(str(g.node("Add", rows, placed)), w["norm.weight"], w["norm.bias"])


def _layer(g: _Drawing, w: dict[str, Array], x: str, mask: str, *, fours: bool) -> str:
    qkv = g.dense(x, w["qkv.weight"], w["qkv.bias"], fours=fours)
    parts = g.node("Split", qkv, outputs=3, axis=-1, num_outputs=3)
    shape = g.constant(np.array([0, 0, HEADS, SIZE], dtype=np.int64))
    orders = ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])
    q, k, v = (
        g.node("Transpose", g.node("Reshape", part, shape), perm=order)
        for part, order in zip(parts, orders, strict=True)
    )
    scores = g.node("Mul", g.node("MatMul", q, k), g.constant(np.array(SIZE**-0.5, dtype=np.float32)))
    seen = g.node("MatMul", g.node("Softmax", g.node("Add", scores, mask), axis=-1), v)
    seen = g.node("Transpose", seen, perm=[0, 2, 1, 3])
    seen = g.node("Reshape", seen, g.constant(np.array([0, 0, WIDTH], dtype=np.int64)))
    x = g.norm(
        g.node("Add", x, g.dense(str(seen), w["out.weight"], w["out.bias"], fours=fours)),
        w["norm1.weight"],
        w["norm1.bias"],
    )
    inner = g.node("Gelu", g.dense(x, w["inner.weight"], w["inner.bias"], fours=fours))
    outer = g.dense(str(inner), w["outer.weight"], w["outer.bias"], fours=fours)
    return g.norm(g.node("Add", x, outer), w["norm2.weight"], w["norm2.bias"])


def ran(path: Path, pieces: list[list[int]]) -> Array:
    """What the written file makes of these, one at a time, as the product runs it."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, {"ids": np.array([one], dtype=np.int64)})[0] for one in pieces])
