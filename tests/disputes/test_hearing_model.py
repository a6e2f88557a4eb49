"""The model beside the rules: built from our lines, read strictly, never replaced by silence."""

import hashlib
import json
import shutil
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from disputes.hearing import Intent, Reason, Stage, encoder, ensure_present, hear
from disputes.hearing.build.corpus import LINES, digest_of_sources, examples, templates
from disputes.hearing.decision import first_look, weighed_as
from disputes.hearing.encoder import DESCRIPTION, FIRST, FOLDER, SECOND, VOCABULARIES, WEIGHTS, read
from disputes.hearing.labels import INDEPENDENT
from disputes.hearing.model import WEIGHTS as LINEAR
from disputes.hearing.model import ModelMissing, model
from disputes.hearing.model import read as read_linear

ROOT = Path(__file__).resolve().parents[2]
REPORT: dict[str, Any] = json.loads((LINES.parent / "report.json").read_text("utf-8"))
DESCRIBED: dict[str, Any] = json.loads((FOLDER / DESCRIPTION).read_text("utf-8"))


def test_both_stages_and_their_report_were_made_of_the_lines_that_are_here() -> None:
    digest = digest_of_sources()

    assert model().version == f"linear-{digest[:10]}"
    assert DESCRIBED["sources_sha256"] == REPORT["sources_sha256"] == digest
    assert DESCRIBED["thresholds"] == REPORT["thresholds"]


def test_the_files_of_the_encoder_are_those_it_was_described_with() -> None:
    for name, wanted in DESCRIBED["sha256"].items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == wanted, name


def test_the_model_is_small() -> None:
    size = sum(file.stat().st_size for file in (LINEAR, *FOLDER.iterdir()))

    assert size < 40_000_000


def test_the_model_scores_as_it_did_when_it_was_built() -> None:
    """Every fiftieth line as it was written: found, and what is harmless left alone, about as often as was measured of it then."""
    lines = [line for line in templates() if "{" not in line.text][::50]
    heard = [(line, hear(line.text)) for line in lines]
    disputes = [one.dispute for line, one in heard if line.dispute]
    harmless = [one.dispute for line, one in heard if not line.dispute]

    assert len(disputes) > 40
    assert sum(disputes) / len(disputes) >= 0.95
    assert sum(harmless) / len(harmless) <= 0.05


@pytest.mark.parametrize("which", [FIRST, SECOND])
@pytest.mark.parametrize("spoiled", ["absent", "cut", "other", "undescribed", "unreadable"])
def test_a_missing_or_broken_encoder_is_said_aloud(
    spoiled: str, which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    shutil.copytree(FOLDER, folder)
    match spoiled:
        case "absent":
            (folder / WEIGHTS[which]).unlink()
        case "cut":
            (folder / WEIGHTS[which]).write_bytes((folder / WEIGHTS[which]).read_bytes()[:-100])
        case "other":
            (folder / VOCABULARIES[which]).write_text("[UNK]\n")
        case "undescribed":
            (folder / DESCRIPTION).write_text("{}")
        case "unreadable":
            (folder / DESCRIPTION).write_text("no json")
    monkeypatch.setattr(encoder, "FOLDER", folder)

    for look in (ensure_present, lambda: read(folder)):
        with pytest.raises(ModelMissing, match="restore it from the repository"):
            look()


def test_what_is_no_graph_is_said_aloud_too(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    shutil.copytree(FOLDER, folder)
    (folder / WEIGHTS[SECOND]).write_bytes(b"not a model")
    described = DESCRIBED | {"sha256": {WEIGHTS[SECOND]: hashlib.sha256(b"not a model").hexdigest()}}
    (folder / DESCRIPTION).write_text(json.dumps(described))

    with pytest.raises(ModelMissing, match=r"e5\.onnx cannot be used"):
        read(folder)


def test_a_missing_or_broken_first_stage_is_said_aloud(tmp_path: Path) -> None:
    broken = tmp_path / "weights.bin"
    cut = tmp_path / "cut.bin"
    broken.write_bytes(b"not a model")
    cut.write_bytes(zlib.compress(zlib.decompress(LINEAR.read_bytes())[:-100]))

    for path in (tmp_path / "absent.bin", broken, cut):
        with pytest.raises(ModelMissing):
            read_linear(path)


def test_the_model_is_there_when_nothing_is_wrong_with_it() -> None:
    ensure_present()


def test_what_the_first_stage_clears_is_not_read_again() -> None:
    assert hear("okay thank you bye").stage is Stage.LINEAR
    assert hear("they were supposed to haul the old one off").stage is Stage.ENCODER


def test_the_first_stage_clears_nothing_that_it_was_taught_to_stop_for() -> None:
    clear = encoder.encoder().thresholds["clear"]
    stops = [line for line in templates() if {*line.intents} & {*INDEPENDENT} and "{" not in line.text]

    cleared = [line.text for line in stops if first_look(line.text, model()).is_cleared(clear)]

    assert len(stops) > 5000
    assert cleared == []


def test_both_encoders_read_a_whole_sentence_and_the_first_alone_half_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    read_by: list[str] = []
    both = encoder.encoder()
    for name, reader in (("first", both.first), ("second", both.second)):
        monkeypatch.setattr(reader, "_cut", _noted(reader._cut, name, read_by))

    hear("the loader was supposed to haul the old one off", final=False)
    assert read_by == ["first"]

    hear("the loader was supposed to haul the old one off on friday")
    assert sorted(read_by[1:]) == ["first", "second"]


def _noted(cut: Callable[[str, int], list[int]], name: str, into: list[str]) -> Callable[[str, int], list[int]]:
    def noting(text: str, most: int) -> list[int]:
        into.append(name)
        return cut(text, most)

    return noting


def test_half_a_sentence_right_after_another_is_heard_by_the_first_stage_only() -> None:
    words = "they were supposed to haul the old one off"

    assert hear(words, final=False, closely=False).stage is Stage.LINEAR
    assert hear(words, final=True, closely=False).stage is Stage.ENCODER


def test_the_runtime_of_the_encoder_is_not_loaded_before_it_is_needed() -> None:
    program = "import sys, disputes.hearing; sys.exit('onnxruntime' in sys.modules or 'numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


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


def test_each_meaning_that_stops_has_its_own_weighing_and_threshold() -> None:
    meanings = {weighed_as(intent, foreign) for intent in INDEPENDENT for foreign in (False, True)}
    assert set(DESCRIBED["stack"]) == set(DESCRIBED["quick_stack"]) == meanings
    assert all(weights["second"] == 0 for weights in DESCRIBED["quick_stack"].values())
    assert {intent.value for intent in INDEPENDENT} - {"dispute"} <= set(DESCRIBED["thresholds"])
    assert (
        DESCRIBED["thresholds"]["pause_partial"]
        <= DESCRIBED["thresholds"]["pause"]
        <= DESCRIBED["thresholds"]["freeze"]
    )


def test_the_measured_quality_has_not_fallen() -> None:
    """Of judges that had not seen the lines. A floor under what was reached, not what we want to reach."""
    natural = REPORT["in_natural_proportions"]
    assert REPORT["dispute"]["recall"][0] >= 0.92
    assert REPORT["dispute"]["precision"][0] >= 0.82
    assert natural["lines"] >= 3000
    assert natural["dispute"]["recall"][0] >= 0.97
    assert natural["dispute"]["precision"][0] >= 0.9
    assert natural["all_stops"]["heard_as_meant"][0] >= 0.97
    assert natural["spanish_and_mixed"]["texts"] >= 600
    assert natural["spanish_and_mixed"]["dispute"]["recall"][0] >= 0.96
    assert natural["two_meanings"]["both_found"][0] >= 0.95
    assert REPORT["ordinary"]["turns"] >= 300
    assert REPORT["ordinary"]["false_alarms"][0] <= 0.03
    assert REPORT["ordinary"]["calls"]["ending_frozen"][0] <= 0.05
    assert REPORT["first_stage"]["disputes_cleared"][0] <= 0.003
    assert REPORT["first_stage"]["ordinary_cleared"][0] >= 0.45
    assert len(natural["dispute_by_writer"]) >= 3
