"""From the encoder in torch to the files the product reads: an ONNX graph drawn by hand, its weights in whole numbers of one byte."""

import hashlib
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from disputes.hearing.build.corpus import digest_of_lines, digest_of_sources, templates
from disputes.hearing.build.forms import OUTPUTS
from disputes.hearing.build.network import HEADS, LAYERS, WIDTH
from disputes.hearing.encoder import DESCRIPTION, MOST_PIECES, VOCABULARY, WEIGHTS, Weights
from disputes.hearing.wordpiece import Pieces

SIZE = WIDTH // HEADS
Array = Any


class Differs(RuntimeError):
    """What the product would compute is not what was trained."""


def written(
    state: Path,
    published: Path,
    into: Path,
    stack: dict[str, Weights],
    thresholds: dict[str, float],
    doubted: list[str],
) -> None:
    """Writes graph, vocabulary and description. Raises :class:`Differs` if the encoder was trained on other lines than these.

    ``state``: an encoder in torch (``all.pt``), or the small one of a fold (``fold-N.onnx``, beside its ``fold-N.npz``).
    """
    into.mkdir(exist_ok=True)
    (into / VOCABULARY).write_text((published / VOCABULARY).read_text(encoding="utf-8"), encoding="utf-8")
    if state.suffix == ".onnx":
        _taught_by_these(state, str(np.load(state.with_suffix(".npz"))["digest"]), digest_of_sources())
        (into / WEIGHTS).write_bytes(state.read_bytes())
    else:
        kept = torch.load(state)
        _taught_by_these(state, kept["digest"], digest_of_lines())
        quantized({name: tensor.numpy() for name, tensor in kept["net"].items()}, into / WEIGHTS)
    _same_pieces(published, into)
    hashes = {name: hashlib.sha256((into / name).read_bytes()).hexdigest() for name in (WEIGHTS, VOCABULARY)}
    description = {
        "version": f"minilm-{digest_of_sources()[:10]}-{hashes[WEIGHTS][:6]}",
        "base": "all-MiniLM-L6-v2 (Apache-2.0), fine-tuned on disputes/hearing/build/lines",
        "sources_sha256": digest_of_sources(),
        "outputs": OUTPUTS,
        "thresholds": thresholds,
        "doubted": doubted,
        "stack": {name: asdict(weights) for name, weights in stack.items()},
        "sha256": hashes,
    }
    (into / DESCRIPTION).write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")


def _taught_by_these(state: Path, digest: str, wanted: str) -> None:
    if digest != wanted:
        raise Differs(f"{state.name} was trained on other lines; train it again")


def quantized(weights: dict[str, Array], path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        onnx.save(graph(weights), plain)
        # Seven bits: with eight, processors without VNNI overflow in silence and hear other things than we measured.
        quantize_dynamic(
            plain,
            path,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul"],
        )


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

    def dense(self, x: str, weight: Array, bias: Array) -> str:
        product = self.node("MatMul", x, self.constant(weight.T.astype(np.float32)))
        return str(self.node("Add", product, self.constant(bias.astype(np.float32))))

    def norm(self, x: str, weight: Array, bias: Array) -> str:
        return str(
            self.node("LayerNormalization", x, self.constant(weight), self.constant(bias), axis=-1, epsilon=1e-12)
        )


def graph(w: dict[str, Array]) -> Any:
    """``ids`` (texts, pieces) to ``logits`` (texts, outputs). 0 is padding."""
    g = _Drawing()
    mask, share = _present(g)
    x = _embedded(g, w)
    for number in range(LAYERS):
        x = _layer(
            g,
            {name.split(".", 2)[2]: value for name, value in w.items() if name.startswith(f"layers.{number}.")},
            x,
            mask,
        )
    one = g.constant(np.array([1], dtype=np.int64))
    total = g.node("ReduceSum", g.node("Mul", x, share), one, keepdims=0)
    pooled = g.node("Div", total, g.node("ReduceSum", share, one, keepdims=0))
    out = g.node("Gemm", pooled, g.constant(w["head.weight"].T), g.constant(w["head.bias"]))
    g.nodes.append(helper.make_node("Identity", [out], ["logits"]))
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "pieces"])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", len(OUTPUTS)])
    made = helper.make_graph(g.nodes, "hearing", [ids], [logits], g.constants)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


def _present(g: _Drawing) -> tuple[str, str]:
    """What attention adds to each place, and the places that count in the mean."""
    zero = g.constant(np.array(0, dtype=np.int64))
    absent = g.node("Cast", g.node("Equal", "ids", zero), to=TensorProto.FLOAT)
    mask = g.node("Mul", absent, g.constant(np.array(-1e4, dtype=np.float32)))
    mask = g.node("Unsqueeze", mask, g.constant(np.array([1, 2], dtype=np.int64)))
    present = g.node("Sub", g.constant(np.array(1, dtype=np.float32)), absent)
    return str(mask), str(g.node("Unsqueeze", present, g.constant(np.array([2], dtype=np.int64))))


def _embedded(g: _Drawing, w: dict[str, Array]) -> str:
    table = w["words.weight"].astype(np.float32)
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True) / 127.0, 1e-9).astype(np.float32)
    rows = g.node("Gather", g.constant(np.rint(table / scale).astype(np.int8)), "ids")
    rows = g.node("Mul", g.node("Cast", rows, to=TensorProto.FLOAT), g.node("Gather", g.constant(scale), "ids"))
    places = g.constant((w["places.weight"][:MOST_PIECES] + w["kind"]).astype(np.float32))
    length = g.node("Slice", g.node("Shape", "ids"), *(g.constant(np.array([at], dtype=np.int64)) for at in (1, 2)))
    placed = g.node("Slice", places, g.constant(np.array([0], dtype=np.int64)), length)
    return g.norm(str(g.node("Add", rows, placed)), w["norm.weight"], w["norm.bias"])


def _layer(g: _Drawing, w: dict[str, Array], x: str, mask: str) -> str:
    root = np.float32(1 / SIZE**0.5)
    scaling = np.concatenate([np.full(WIDTH, root), np.ones(2 * WIDTH)]).astype(np.float32)
    qkv = g.dense(x, w["qkv.weight"] * scaling[:, None], w["qkv.bias"] * scaling)
    parts = g.node("Split", qkv, outputs=3, axis=-1, num_outputs=3)
    shape = g.constant(np.array([0, 0, HEADS, SIZE], dtype=np.int64))
    orders = ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])
    q, k, v = (
        g.node("Transpose", g.node("Reshape", part, shape), perm=order)
        for part, order in zip(parts, orders, strict=True)
    )
    seen = g.node("MatMul", g.node("Softmax", g.node("Add", g.node("MatMul", q, k), mask), axis=-1), v)
    seen = g.node("Transpose", seen, perm=[0, 2, 1, 3])
    seen = g.node("Reshape", seen, g.constant(np.array([0, 0, WIDTH], dtype=np.int64)))
    x = g.norm(g.node("Add", x, g.dense(str(seen), w["out.weight"], w["out.bias"])), w["norm1.weight"], w["norm1.bias"])
    inner = g.node("Gelu", g.dense(x, w["inner.weight"], w["inner.bias"]))
    outer = g.dense(str(inner), w["outer.weight"], w["outer.bias"])
    return g.norm(g.node("Add", x, outer), w["norm2.weight"], w["norm2.bias"])


def ran(path: Path, pieces: list[list[int]]) -> Array:
    """What the written file makes of these, one at a time, as the product runs it."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, {"ids": np.array([one], dtype=np.int64)})[0] for one in pieces])


def _same_pieces(published: Path, into: Path) -> None:
    """Our own cutting of words must be the one the weights were trained with."""
    theirs = Tokenizer.from_file(str(published / "tokenizer.json"))
    theirs.no_padding()
    theirs.enable_truncation(MOST_PIECES)
    ours = Pieces.read(into / VOCABULARY)
    for one in templates():
        if theirs.encode(one.text).ids != ours.of(one.text, MOST_PIECES):
            raise Differs(f"cut otherwise than by the published tokenizer: {one.text!r}")
