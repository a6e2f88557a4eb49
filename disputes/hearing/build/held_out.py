"""One fold of one base: fine-tunes it without that fold's lines and keeps what that encoder, in its final small form, makes of them.

    python -m disputes.hearing.build.held_out PUBLISHED FOLDER BASE FOLD      # BASE minilm or e5; FOLD 0 to 4, or "all" for what is shipped

PUBLISHED: the published files of the base (see ``build/README.md``). Leaves ``BASE-N.pt`` and ``BASE-N.npz`` (for "all" only
``BASE-all.pt``) in FOLDER. An encoder that was taught these lines before is not taught again: only what it makes of them is computed anew.
"""

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from disputes.hearing.build.bases import Base, e5, minilm
from disputes.hearing.build.corpus import Example, digest_of_lines, digest_of_sources, ordinary_calls, templates
from disputes.hearing.build.export import quantized, ran
from disputes.hearing.build.finetune import fine_tuned
from disputes.hearing.build.folds import folds_of
from disputes.hearing.build.forms import measured_forms
from disputes.hearing.encoder import FOLDER, MOST_PIECES, VOCABULARIES

BASES = {"minilm": minilm, "e5": e5}


def main(published: str, folder: str, name: str, fold: str) -> None:
    torch.set_num_threads(1)
    into, began = Path(folder), time.monotonic()
    into.mkdir(parents=True, exist_ok=True)
    base = BASES[name](Path(published), FOLDER / VOCABULARIES[name])
    lines = list(templates())
    fold_of = folds_of(lines)
    taught = [one for one in lines if fold == "all" or fold_of[one.group] != int(fold)]
    net = _taught(taught, base, into / f"{name}-{fold}.pt")
    if fold == "all":
        return
    rows = measured_forms([one for one in lines if fold_of[one.group] == int(fold)])
    small = into / f"{name}-{fold}.onnx"
    quantized({weight: tensor.numpy() for weight, tensor in net.items()}, base, small)
    turns = [text for call in ordinary_calls() for _asked, text in call]
    logits, called = (
        ran(small, [base.cut(text, MOST_PIECES) for text in texts]) for texts in ([row.text for row in rows], turns)
    )
    np.savez(into / f"{name}-{fold}.npz", logits=logits, calls=called, digest=digest_of_sources())
    print(f"{name}, fold {fold}: {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201


def _taught(lines: list[Example], base: Base, kept: Path) -> dict[str, Any]:
    """The encoder these lines teach, kept beside the digest of all of them."""
    if kept.is_file() and (found := torch.load(kept))["digest"] == digest_of_lines():
        return dict(found["net"])
    net = fine_tuned(base, lines, seed=7, say=lambda words: print(words, flush=True)).state_dict()  # noqa: T201
    torch.save({"digest": digest_of_lines(), "net": net}, kept)
    return dict(net)


if __name__ == "__main__":
    main(*sys.argv[1:])
