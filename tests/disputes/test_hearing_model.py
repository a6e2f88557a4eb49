"""The model beside the rules: built from our lines, read strictly, never replaced by silence."""

import json
import zlib
from collections import Counter
from pathlib import Path

import pytest

from disputes.hearing.build.corpus import LINES, digest_of_sources, examples, templates
from disputes.hearing.labels import Intent, Reason
from disputes.hearing.model import WEIGHTS, ModelMissing, model, read

REPORT = json.loads((LINES.parent / "report.json").read_text("utf-8"))


def test_the_weights_were_built_from_the_lines_that_are_here() -> None:
    digest = digest_of_sources()

    assert model().version == f"linear-{digest[:10]}"
    assert REPORT["sources_sha256"] == digest


def test_the_weights_are_small() -> None:
    assert WEIGHTS.stat().st_size < 2_000_000


def test_a_missing_or_broken_model_is_said_aloud(tmp_path: Path) -> None:
    broken = tmp_path / "weights.bin"
    cut = tmp_path / "cut.bin"
    broken.write_bytes(b"not a model")
    cut.write_bytes(zlib.compress(zlib.decompress(WEIGHTS.read_bytes())[:-100]))

    for path in (tmp_path / "absent.bin", broken, cut):
        with pytest.raises(ModelMissing):
            read(path)


def test_there_are_enough_lines_and_enough_of_them_are_harmless() -> None:
    lines = list(templates())

    assert len(lines) >= 3000
    assert sum(not line.dispute for line in lines) / len(lines) >= 0.4
    assert sum(line.language != "en" for line in lines) >= 300


def test_every_label_and_every_reason_has_lines() -> None:
    lines = list(templates())
    intents = Counter(intent for line in lines for intent in line.intents)
    reasons = Counter(line.reason for line in lines if line.reason)

    assert min(intents[intent] for intent in Intent) >= 20
    assert min(reasons[reason] for reason in Reason) >= 40


def test_the_lines_are_made_alike_every_time() -> None:
    first = [(one.text, one.intents) for one in examples()[:300]]

    assert first == [(one.text, one.intents) for one in examples()[:300]]


def test_a_section_nobody_knows_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "10_bad.txt").write_text("[disput/scope]\nI never asked for that\n")

    with pytest.raises(ValueError, match=r"10_bad\.txt:1: 'disput'"):
        list(templates(tmp_path))


def test_the_measured_quality_has_not_fallen() -> None:
    assert REPORT["dispute"]["recall"][0] >= 0.75
    assert REPORT["dispute"]["precision"][0] >= 0.90
