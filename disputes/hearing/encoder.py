"""The encoders: two small transformers that read whole lines, run by onnxruntime on one core.

The first reads what the linear stage does not clear or, in half a sentence, marks. The second, which learned from other texts, reads whole
sentences beside it: what one of them misses the other mostly hears. Their folder holds the weights of both (int8; pieces of words
in four bits), the pieces each knows, and ``model.json`` (the names of the outputs, the weighing of all judges, thresholds, version,
and the hashes of the other files). Built by ``disputes/hearing/build``.
"""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from disputes.hearing.gloss import gloss
from disputes.hearing.model import ModelMissing
from disputes.hearing.unigram import Unigram
from disputes.hearing.wordpiece import Pieces

FOLDER = Path(__file__).with_name("encoder_files")
FIRST, SECOND = "minilm", "e5"
WEIGHTS = {name: f"{name}.onnx" for name in (FIRST, SECOND)}
VOCABULARIES = {name: f"{name}_pieces.txt" for name in (FIRST, SECOND)}
DESCRIPTION = "model.json"
_FILES = (*WEIGHTS.values(), *VOCABULARIES.values(), DESCRIPTION)
MOST_PIECES = 56
REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Weights:
    """How the encoders, the linear stage and the rules together make one chance of one meaning."""

    encoder: float
    second: float
    linear: float
    sure: float
    pulled: float
    bias: float


Stack = dict[str, Weights]


class Reader:
    """One of the encoders. Threads may share it."""

    def __init__(self, session: Any, outputs: tuple[str, ...], cut: Callable[[str, int], list[int]]) -> None:
        self._session = session
        self._outputs = outputs
        self._cut = cut
        self._recent: dict[str, dict[str, float]] = {}
        self._lock = Lock()

    def logits(self, text: str) -> dict[str, float]:
        """One number an output. The agent and the record of the call ask about the same words: the last few are remembered."""
        known = self._recent.get(text)
        if known is not None:
            return known
        import numpy as np

        ids = np.array([self._cut(text, MOST_PIECES)], dtype=np.int64)
        (rows,) = self._session.run(None, {"ids": ids})
        found = dict(zip(self._outputs, rows[0].tolist(), strict=True))
        with self._lock:
            if len(self._recent) >= REMEMBERED:
                self._recent.pop(next(iter(self._recent)))
            self._recent[text] = found
        return found


class Encoder:
    """Both readers and how they are weighed; one for a process."""

    def __init__(self, folder: Path, described: dict[str, Any], first: Reader, second: Reader) -> None:
        self.folder = folder
        self.first = first
        self.second = second
        self.version: str = described["version"]
        self.thresholds: dict[str, float] = described["thresholds"]
        self.doubted = frozenset(described["doubted"])
        self.stack = _stack(described["stack"])  # of whole sentences, which both read
        self.quick_stack = _stack(described["quick_stack"])  # of half ones, which the first reads alone

    def read_by_both(self, text: str) -> tuple[dict[str, float], dict[str, float]]:
        """What the first and the second make of it, read side by side: the runtime lets go of Python's lock meanwhile."""
        # A thread of its own, which costs a tenth of a millisecond: a pool's would be gone in a process that forked.
        with ThreadPoolExecutor(1, thread_name_prefix="second-encoder") as beside:
            second = beside.submit(self.second.logits, text)
            return self.first.logits(text), second.result()


def _stack(described: dict[str, dict[str, float]]) -> Stack:
    return {name: Weights(**weights) for name, weights in described.items()}


def ensure_present() -> None:
    """Before a call is placed. Raises :class:`ModelMissing`; cheap, since nothing is loaded and unchanged files are read once."""
    try:
        seen = tuple((name, (stat := (FOLDER / name).stat()).st_mtime_ns, stat.st_size) for name in _FILES)
    except OSError as error:
        raise ModelMissing(_sentence(FOLDER, str(error))) from error
    _checked(FOLDER, seen)


@lru_cache(maxsize=4)
def _checked(folder: Path, _seen: tuple[tuple[str, int, int], ...]) -> None:
    _described(folder)


@cache
def encoder() -> Encoder:
    """The encoder of this installation. Raises :class:`ModelMissing`."""
    return read(FOLDER)


def read(folder: Path) -> Encoder:
    """Raises :class:`ModelMissing` when a file is absent, is not the one it was built with, or cannot be run."""
    described = _described(folder)
    try:
        outputs = tuple(described["outputs"])
        first, second = (_session(folder / WEIGHTS[name]) for name in (FIRST, SECOND))
        pieces, unigram = Pieces.read(folder / VOCABULARIES[FIRST]), Unigram.read(folder / VOCABULARIES[SECOND])
        cut_first = lambda text, most: pieces.of(gloss(text), most)  # noqa: E731
        return Encoder(folder, described, Reader(first, outputs, cut_first), Reader(second, outputs, unigram.of))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelMissing(_sentence(folder, str(error))) from error


def _described(folder: Path) -> dict[str, Any]:
    """What ``model.json`` says, once every file named there has been held against its hash."""
    try:
        described: dict[str, Any] = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        for name, wanted in described["sha256"].items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != wanted:
                raise ModelMissing(_sentence(folder / name, "it is not the file it was built with"))
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise ModelMissing(_sentence(folder, str(error))) from error
    return described


def _session(path: Path) -> Any:
    try:
        import onnxruntime as ort
    except ImportError as error:
        raise ModelMissing(_sentence(path, "onnxruntime is not installed")) from error
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.enable_cpu_mem_arena = False  # lines differ in length; an arena keeps room for the longest for ever
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors share no base with anything
        raise ModelMissing(_sentence(path, str(error))) from error


def _sentence(path: Path, why: str) -> str:
    return f"the hearing model {path.name} cannot be used ({why}); restore it from the repository"
